"""boto3 and a Python gRPC client against the real server: the same keys, whichever way."""

import datetime
import unittest

import kms_grpc
from server import Server


class Sdk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.boto3 = cls.server.boto3()
        cls.messages, stubs = kms_grpc.load()
        cls.channel = cls.server.grpc_channel()
        cls.addClassCleanup(cls.channel.close)
        cls.grpc = stubs.KeyManagementServiceStub(cls.channel)
        cls.stubs = stubs

    def test_opens_over_grpc_what_boto3_sealed_and_back(self):
        arn = self.boto3.create_key()["KeyMetadata"]["Arn"]
        sealed = self.boto3.generate_data_key(KeyId=arn, KeySpec="AES_256", EncryptionContext={"a": "1"})
        opened = self.grpc.Decrypt(self.messages.DecryptRequest(ciphertext_blob=sealed["CiphertextBlob"], encryption_context={"a": "1"}), timeout=10)
        self.assertEqual(opened.plaintext, sealed["Plaintext"])
        other = self.grpc.Encrypt(self.messages.EncryptRequest(key_id=arn, plaintext=b"over grpc"), timeout=10)
        self.assertEqual(self.boto3.decrypt(CiphertextBlob=other.ciphertext_blob)["Plaintext"], b"over grpc")

    def test_reads_dates_as_dates(self):
        metadata = self.boto3.create_key()["KeyMetadata"]
        age = datetime.datetime.now(datetime.timezone.utc) - metadata["CreationDate"]
        self.assertLess(abs(age.total_seconds()), 60)

    def test_raises_the_modelled_exceptions(self):
        with self.assertRaises(self.boto3.exceptions.NotFoundException) as caught:
            self.boto3.describe_key(KeyId="12345678-1234-1234-1234-123456789012")
        self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], 400)
        with self.assertRaises(self.boto3.exceptions.InvalidCiphertextException):
            self.boto3.decrypt(CiphertextBlob=b"garbage")

    def test_paginates(self):
        arn = self.boto3.create_key()["KeyMetadata"]["Arn"]
        for i in range(5):
            self.boto3.create_alias(AliasName=f"alias/page/{i}", TargetKeyId=arn)
        pages = self.boto3.get_paginator("list_aliases").paginate(KeyId=arn, PaginationConfig={"PageSize": 2})
        names = [alias["AliasName"] for page in pages for alias in page["Aliases"]]
        self.assertEqual(names, [f"alias/page/{i}" for i in range(5)])

    def test_refuses_every_truncated_and_flipped_ciphertext(self):
        arn = self.boto3.create_key()["KeyMetadata"]["Arn"]
        blob = self.boto3.encrypt(KeyId=arn, Plaintext=b"a secret")["CiphertextBlob"]
        decrypt = lambda changed: self.grpc.Decrypt(self.messages.DecryptRequest(ciphertext_blob=changed), timeout=10)  # noqa: E731
        self.assertEqual(decrypt(blob).plaintext, b"a secret")
        changed = [blob[:length] for length in range(1, len(blob))]
        changed += [blob[:at] + bytes([blob[at] ^ 1 << bit]) + blob[at + 1:] for at in range(len(blob)) for bit in range(8)]
        for mutant in changed:
            with self.assertRaises(Exception) as caught:
                decrypt(mutant)
            self.assertIn(dict(caught.exception.trailing_metadata())["x-amzn-errortype"], ("InvalidCiphertextException", "AccessDeniedException"))

    def test_refuses_a_grpc_caller_without_a_certificate(self):
        import grpc
        with self.server.grpc_channel(with_certificate=False) as channel:
            with self.assertRaises(grpc.RpcError) as caught:
                self.stubs.KeyManagementServiceStub(channel).ListKeys(self.messages.ListKeysRequest(), timeout=10)
        self.assertEqual(caught.exception.code(), grpc.StatusCode.UNAUTHENTICATED)

    def test_answers_unimplemented_for_an_unknown_rpc(self):
        import grpc
        call = self.channel.unary_unary("/kmaas.kms.v1.KeyManagementService/NoSuchRpc")
        with self.assertRaises(grpc.RpcError) as caught:
            call(b"", timeout=10)
        self.assertEqual(caught.exception.code(), grpc.StatusCode.UNIMPLEMENTED)


if __name__ == "__main__":
    unittest.main(verbosity=2)
