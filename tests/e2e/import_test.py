"""Goal: whatever a customer wraps as AWS says is taken in and is the same key afterwards; it ends when he said so, comes back when
it is imported again, and stands nowhere in the clear. Method: a real server on SoftHSM, keys of Python's `cryptography`, wrapped by
it and by OpenSSL, used on both sides."""

import itertools
import os
import time
import unittest

import grpc
import kms_grpc
from canary_test import find
from imported_keys import Hmac, Symmetric, every_kind, wrap_by_openssl, wrap_by_python
from server import BUILD, Server, again_when_throttled

ALGORITHMS = ("RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256")
WRAPPING_SPECS = ("RSA_2048", "RSA_3072", "RSA_4096")
HOUR = 3600
# Making large wrapping keys takes most of the time, so by default only some kinds of keys are wrapped by every size of them.
EVERY_WRAPPING = bool(os.environ.get("KMAAS_EVERY_WRAPPING"))
BY_EVERY_SIZE = ("SYMMETRIC_DEFAULT", "ECC_NIST_P521")


def holds(algorithm, wrapping_spec, spec):
    """Whether AWS lets the wrapping hold material of the spec."""
    if algorithm.startswith("RSA_AES"):
        return True
    return not spec.startswith("RSA") and (spec != "ECC_NIST_P521" or wrapping_spec != "RSA_2048")


class Refused(Exception):
    pass


class ImportCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.messages, cls.stubs = kms_grpc.load()

    def setUp(self):
        self.channel = self.server.grpc_channel()
        self.addCleanup(self.channel.close)

    def kms(self, operation, **members):
        """Over gRPC, whose proof does not depend on the time."""
        request = getattr(self.messages, operation + "Request")(**members)
        try:
            return getattr(self.stubs.KeyManagementServiceStub(self.channel), operation)(request, timeout=60)
        except grpc.RpcError as fault:
            raise Refused(dict(fault.trailing_metadata() or ()).get("x-amzn-errortype"), fault.details()) from fault

    def refused(self, name, operation, **members):
        with self.assertRaises(Refused) as caught:
            self.kms(operation, **members)
        self.assertEqual(caught.exception.args[0], name, caught.exception.args)
        return caught.exception.args[1]

    def key_for(self, kind):
        return self.kms("CreateKey", origin="EXTERNAL", key_spec=kind.spec, key_usage=kind.usage).key_metadata.arn

    def parameters(self, arn, algorithm="RSAES_OAEP_SHA_256", spec="RSA_2048"):
        return again_when_throttled(self.kms, "GetParametersForImport", key_id=arn, wrapping_algorithm=algorithm, wrapping_key_spec=spec)

    def request(self, arn, kind, **terms):
        """Members of ImportKeyMaterial."""
        algorithm = "RSA_AES_KEY_WRAP_SHA_256"
        parameters = self.parameters(arn, algorithm)
        terms.setdefault("expiration_model", "KEY_MATERIAL_EXPIRES" if "valid_to" in terms else "KEY_MATERIAL_DOES_NOT_EXPIRE")
        return dict(terms, key_id=arn, import_token=parameters.import_token,
                    encrypted_key_material=wrap_by_python(algorithm, parameters.public_key, kind.material))

    def metadata(self, arn):
        return self.kms("DescribeKey", key_id=arn).key_metadata


class Wrapping(ImportCase):
    def test_takes_every_kind_of_key_by_every_wrapping(self):
        for kind in every_kind():
            arn = self.key_for(kind)
            for algorithm, spec in itertools.product(ALGORITHMS, WRAPPING_SPECS):
                with self.subTest(key=kind.spec, usage=kind.usage, algorithm=algorithm, wrapping=spec):
                    if not holds(algorithm, spec, kind.spec):
                        self.refused("UnsupportedOperationException", "GetParametersForImport", key_id=arn, wrapping_algorithm=algorithm,
                                     wrapping_key_spec=spec)
                        continue
                    if EVERY_WRAPPING or spec == "RSA_2048" or kind.spec in BY_EVERY_SIZE:
                        self.import_by_both(arn, kind, algorithm, spec)

    def import_by_both(self, arn, kind, algorithm, spec):
        parameters = self.parameters(arn, algorithm, spec)
        for wrap in (wrap_by_python, wrap_by_openssl):
            self.kms("ImportKeyMaterial", key_id=arn, import_token=parameters.import_token, expiration_model="KEY_MATERIAL_DOES_NOT_EXPIRE",
                     encrypted_key_material=wrap(algorithm, parameters.public_key, kind.material))
            kind.check(self, self.kms, arn)


class Life(ImportCase):
    def test_is_deleted_and_comes_back(self):
        kind = Hmac(256)
        arn = self.key_for(kind)
        self.kms("ImportKeyMaterial", **self.request(arn, kind))
        kind.check(self, self.kms, arn)
        self.kms("DeleteImportedKeyMaterial", key_id=arn)
        self.assertEqual(self.metadata(arn).key_state, "PendingImport")
        self.assertEqual(self.refused("KMSInvalidStateException", "GenerateMac", key_id=arn, message=b"x", mac_algorithm=kind.algorithm),
                         f"{arn} is pending import.")
        self.refused("IncorrectKeyMaterialException", "ImportKeyMaterial", **self.request(arn, Hmac(256)))
        self.kms("ImportKeyMaterial", **self.request(arn, kind))
        kind.check(self, self.kms, arn)

    def test_is_imported_by_an_sdk_of_aws(self):
        kind, aws = Symmetric(), self.server.boto3()
        self.addCleanup(aws.close)
        arn = aws.create_key(Origin="EXTERNAL")["KeyMetadata"]["Arn"]
        parameters = again_when_throttled(aws.get_parameters_for_import, KeyId=arn, WrappingAlgorithm="RSAES_OAEP_SHA_256",
                                          WrappingKeySpec="RSA_2048")
        self.assertEqual(parameters["KeyId"], arn)
        self.assertAlmostEqual(parameters["ParametersValidTo"].timestamp(), time.time() + 24 * HOUR, delta=60)
        wrapped = wrap_by_openssl("RSAES_OAEP_SHA_256", parameters["PublicKey"], kind.material)
        aws.import_key_material(KeyId=arn, ImportToken=parameters["ImportToken"], EncryptedKeyMaterial=wrapped,
                                ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE")
        self.assertEqual(aws.describe_key(KeyId=arn)["KeyMetadata"]["ExpirationModel"], "KEY_MATERIAL_DOES_NOT_EXPIRE")
        kind.check(self, self.kms, arn)
        with self.assertRaises(aws.exceptions.InvalidImportTokenException):
            aws.import_key_material(KeyId=arn, ImportToken=b"x", EncryptedKeyMaterial=wrapped, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE")
        aws.delete_imported_key_material(KeyId=arn)
        self.assertEqual(aws.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"], "PendingImport")

    def test_survives_a_kill(self):
        kind = Symmetric()
        arn = self.key_for(kind)
        waiting = self.request(arn, kind)
        self.channel.close()
        self.server.kill()
        self.server.start()
        self.channel = self.server.grpc_channel()
        self.kms("ImportKeyMaterial", **waiting)
        self.channel.close()
        self.server.kill()
        self.server.start()
        self.channel = self.server.grpc_channel()
        kind.check(self, self.kms, arn)


class End(ImportCase):
    def later(self, seconds):
        """The server, from now on so many seconds ahead."""
        self.channel.close()
        self.server.stop()
        self.server.environment.update(LD_PRELOAD=str(BUILD / "tests/libclock_ahead.so"), KMAAS_TEST_SECONDS_AHEAD=str(seconds))
        self.server.start()
        self.channel = self.server.grpc_channel()

    def test_ends_when_its_owner_says_and_comes_back(self):
        kind = Symmetric()
        arn = self.key_for(kind)
        ends = int(time.time()) + HOUR
        asked = self.request(arn, kind, valid_to=ends)
        self.kms("ImportKeyMaterial", **asked)
        self.assertEqual((self.metadata(arn).valid_to, self.metadata(arn).expiration_model), (ends, "KEY_MATERIAL_EXPIRES"))
        blob = self.kms("Encrypt", key_id=arn, plaintext=b"x").ciphertext_blob
        self.later(2 * HOUR)
        for operation, members in (("Encrypt", {"key_id": arn, "plaintext": b"x"}), ("Decrypt", {"ciphertext_blob": blob})):
            self.assertEqual(self.refused("KMSInvalidStateException", operation, **members), f"{arn} is pending import.")
        self.refused("IncorrectKeyMaterialException", "ImportKeyMaterial", **self.request(arn, Symmetric()))
        self.kms("ImportKeyMaterial", **self.request(arn, kind))
        self.assertEqual(self.metadata(arn).key_state, "Enabled")
        self.assertEqual(self.kms("Decrypt", ciphertext_blob=blob).plaintext, b"x")
        kind.check(self, self.kms, arn)
        self.later(25 * HOUR)
        asked["valid_to"] += 30 * HOUR
        self.refused("ExpiredImportTokenException", "ImportKeyMaterial", **asked)


class Secrecy(ImportCase):
    def test_leaves_no_material_in_the_clear(self):
        kinds = list(every_kind())
        for kind in kinds:
            arn = self.key_for(kind)
            self.kms("ImportKeyMaterial", **self.request(arn, kind))
            kind.check(self, self.kms, arn)
        self.server.stop()
        # Of a private key the end, which no public key shares; of RSA that is the coefficient.
        secrets = {f"{kind.spec} {kind.usage}": self.secret_of(kind) for kind in kinds}
        files = [path for path in self.server.directory.rglob("*") if path.is_file()]
        self.assertTrue(any(path.suffix == ".db" for path in files) and any(path.suffix == ".jsonl" for path in files))
        self.assertIn(self.server.log_path, files)
        for path in files:
            self.assertEqual(find(path.read_bytes(), secrets), [], path)

    @staticmethod
    def secret_of(kind):
        key = getattr(kind, "key", None)
        if key is None:
            return kind.material
        if kind.spec.startswith("RSA"):
            return kind.material[-64:]
        if hasattr(key, "private_numbers"):
            return key.private_numbers().private_value.to_bytes((key.key_size + 7) // 8, "big")
        return kind.material[-32:]


if __name__ == "__main__":
    unittest.main(verbosity=2)
