"""Request quotas with real clients: whose they are, how they are told, and what a stranger meets."""

import json
import socket
import unittest

import grpc
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

import kms_grpc
import metrics
from server import Server

OTHER = "444455556666"
TEXT = "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."
# A rate of one in a thousand seconds gives nothing back while the tests run.
NEVER = 0.001
LIMITS = {
    "requests_per_second": {"CreateAlias": NEVER, "UpdateKeyDescription": NEVER, "ListUsers": NEVER, "rsa": NEVER},
    "accounts": [{"account": OTHER, "requests_per_second": {"DescribeKey": NEVER, "symmetric": NEVER}}],
    "unproven_per_second": 1, "unproven_burst": 20,
}


def refused(call, **arguments):
    """(code, message) of the refusal; None when it is not refused."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    return None


class Quotas(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server({"limits": LIMITS}).__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.server.stop()
        file = cls.server.directory / "second.json"
        cls.server.kmaas("account", "create", "--name", "Second", "--id", OTHER, "--administrator", "eve", "--credentials-file", file)
        cls.server.start()
        made = json.loads(file.read_text())
        cls.ours = cls.server.boto3()
        cls.theirs = cls.server.boto3(aws_access_key_id=made["access_key_id"], aws_secret_access_key=made["secret_access_key"])
        cls.key = cls.ours.create_key()["KeyMetadata"]["Arn"]
        cls.their_key = cls.theirs.create_key()["KeyMetadata"]["Arn"]

    def test_are_told_as_aws_tells_them(self):
        self.assertIsNone(refused(self.ours.create_alias, AliasName="alias/a", TargetKeyId=self.key))
        self.assertEqual(refused(self.ours.create_alias, AliasName="alias/b", TargetKeyId=self.key), ("ThrottlingException", TEXT))
        iam = self.server.boto3("iam")
        self.assertIsNone(refused(iam.list_users))
        self.assertEqual(refused(iam.list_users), ("Throttling", "Rate exceeded"))

    def test_are_of_the_account_and_of_the_kind_of_key(self):
        self.assertIsNone(refused(self.theirs.encrypt, KeyId=self.their_key, Plaintext=b"x"))
        self.assertEqual(refused(self.theirs.encrypt, KeyId=self.their_key, Plaintext=b"x"), ("ThrottlingException", TEXT))
        self.assertIsNone(refused(self.ours.encrypt, KeyId=self.key, Plaintext=b"x"))
        self.assertEqual(refused(self.theirs.encrypt, KeyId=self.key, Plaintext=b"x")[0], "ThrottlingException", "the caller's account counts")
        signing = self.ours.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
        sign = dict(KeyId=signing, Message=b"x", SigningAlgorithm="RSASSA_PSS_SHA_256")
        self.assertIsNone(refused(self.ours.sign, **sign))
        self.assertEqual(refused(self.ours.sign, **sign)[0], "ThrottlingException")

    def test_a_throttled_call_is_recorded_as_its_callers(self):
        refused(self.theirs.describe_key, KeyId=self.their_key)
        self.assertEqual(refused(self.theirs.describe_key, KeyId=self.their_key)[0], "ThrottlingException")
        events = [event for event in self.server.audit_events() if event.get("errorCode") == "ThrottlingException" and event["eventName"] == "DescribeKey"]
        self.assertEqual(events[-1]["userIdentity"]["accountId"], OTHER)
        self.assertIsNone(events[-1]["requestParameters"], "nobody has looked at them")

    def test_are_resource_exhausted_over_grpc(self):
        messages, stubs = kms_grpc.load()
        with self.server.grpc_channel() as channel:
            service = stubs.KeyManagementServiceStub(channel)
            with self.assertRaises(grpc.RpcError) as raised:
                for description in ("once", "twice"):
                    service.UpdateKeyDescription(messages.UpdateKeyDescriptionRequest(key_id=self.key, description=description))
        self.assertEqual(raised.exception.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
        self.assertEqual(raised.exception.details(), TEXT)
        self.assertEqual(dict(raised.exception.trailing_metadata())["x-amzn-errortype"], "ThrottlingException")

    def call_from(self, address, access_key_id, secret):
        """The name of the error; empty: none."""
        request = AWSRequest("POST", self.server.url + "/", data=b"{}",
                             headers={"X-Amz-Target": "TrentService.ListKeys", "Content-Type": "application/x-amz-json-1.1"})
        SigV4Auth(Credentials(access_key_id, secret), "kms", self.server.region).add_auth(request)
        lines = [f"{name}: {value}" for name, value in request.headers.items()] + [f"Host: 127.0.0.1:{self.server.https_port}", "Content-Length: 2"]
        with socket.create_connection(("127.0.0.1", self.server.https_port), timeout=10, source_address=(address, 0)) as plain:
            with self.server.tls().wrap_socket(plain, server_hostname="127.0.0.1") as tls:
                tls.sendall(b"POST / HTTP/1.1\r\n" + "\r\n".join(lines).encode() + b"\r\nConnection: close\r\n\r\n{}")
                answer = b""
                while chunk := tls.recv(65536):
                    answer += chunk
        return json.loads(answer.split(b"\r\n\r\n", 1)[1]).get("__type", "")

    def test_an_address_that_proves_nothing_is_kept_out_and_leaves_no_records(self):
        own = self.server.credentials["access_key_id"], self.server.credentials["secret_access_key"]
        self.assertEqual(self.call_from("127.0.0.9", *own), "")
        names = [self.call_from("127.0.0.9", "AKIAWRONGWRONGWRONG1", "wrong") for _ in range(60)]
        self.assertIn("UnrecognizedClientException", names[:20])
        self.assertEqual(names[-1], "ThrottlingException")
        held_back = names.count("ThrottlingException")
        self.assertGreater(held_back, 10)
        self.assertEqual(self.call_from("127.0.0.9", *own), "", "who proved himself from there before is let in")
        forged = [self.call_from("127.0.0.9", own[0], "wrong") for _ in range(4)]
        self.assertIn("ThrottlingException", forged, "what is wrong with it is not said")
        self.assertEqual(self.call_from("127.0.0.9", *own), "", "what others send in his name takes nothing from him")
        held_back += forged.count("ThrottlingException")
        self.assertEqual(self.call_from("127.0.0.10", "AKIAWRONGWRONGWRONG1", "wrong"), "UnrecognizedClientException", "another address")
        records = [event for event in self.server.audit_events() if event["sourceIPAddress"] == "127.0.0.9"]
        self.assertEqual(len(records), 67 - held_back)
        family = metrics.families(metrics.fetch(self.server)[2])["kmaas_refused_calls_total"]
        counted = {sample.labels["quota"]: sample.value for sample in family.samples}
        self.assertEqual(counted["unproven"], held_back)


if __name__ == "__main__":
    unittest.main(verbosity=2)
