"""Goal: /metrics says exactly what happened, tells nobody a secret, and every metric is documented.

Method: a real server and token; known calls by boto3, gRPC and by hand; the page as Prometheus's own Python client parses it.
"""

import json
import pathlib
import socket
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))
import metrics  # noqa: E402
from golden_cases import Grpc  # noqa: E402
from server import Server, again_when_throttled, until  # noqa: E402

TOKEN = "a-token-of-the-tests-0123456789"


class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        to_a_file = {"name": "soc", "transport": "file", "format": "cloudtrail", "file": "events.jsonl"}
        cls.server = Server({"metrics": {"count_interval_seconds": 1}, "siem": [to_a_file]}).__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.kms = cls.server.boto3()
        assert until(lambda: metrics.answers(cls.server))

    def refused(self, name, call, **request):
        with self.assertRaises(self.kms.exceptions.ClientError) as raised:
            call(**request)
        self.assertEqual(raised.exception.response["Error"]["Code"], name)

    def fresh(self, condition):
        """The page once the condition holds: it is made once a second, and keys are counted no more often."""
        pages = []
        self.assertTrue(until(lambda: pages.append(metrics.read(self.server)) or condition(pages[-1])), "the page does not come to say it")
        return pages[-1]

    def test_calls_are_counted_by_operation_front_end_and_error(self):
        key = self.kms.create_key()["KeyMetadata"]["KeyId"]
        blobs = [self.kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"] for _ in range(3)]
        self.kms.decrypt(CiphertextBlob=blobs[0])
        self.refused("InvalidCiphertextException", self.kms.decrypt, CiphertextBlob=blobs[0][:-1] + b"\0\0")
        self.refused("NotFoundException", self.kms.describe_key, KeyId="11111111-2222-3333-4444-555555555555")
        self.server.boto3("iam").list_users()
        client = Grpc(self.server)
        self.assertTrue(until(lambda: client.call("GenerateRandom", {"NumberOfBytes": 8}).get("out")))
        found = self.fresh(lambda page: metrics.value(page, "kmaas_calls_total", service="kms", operation="GenerateRandom", front_end="grpc"))

        def calls(operation, front_end="aws_json", service="kms"):
            return metrics.value(found, "kmaas_calls_total", service=service, operation=operation, front_end=front_end)
        self.assertEqual([calls("Encrypt"), calls("Decrypt"), calls("DescribeKey")], [3, 2, 1])
        self.assertEqual(calls("ListUsers", "aws_query", "iam"), 1)
        self.assertIsNone(calls("Encrypt", "grpc"))
        errors = {tuple(sample.labels.values()): sample.value for sample in found["kmaas_call_errors_total"].samples}
        self.assertEqual(errors[("kms", "Decrypt", "InvalidCiphertextException")], 1)
        self.assertEqual(errors[("kms", "DescribeKey", "NotFoundException")], 1)
        self.assertEqual(metrics.value(found, "kmaas_call_duration_seconds_count", service="kms", operation="Encrypt"), 3)
        self.assertEqual(metrics.value(found, "kmaas_call_duration_seconds_bucket", service="kms", operation="Encrypt", le="+Inf"), 3)
        self.assertGreater(metrics.value(found, "kmaas_call_duration_seconds_sum", service="kms", operation="Encrypt"), 0)
        self.assertEqual(metrics.value(found, "kmaas_calls_in_flight", front_end="aws_json"), 0)

    def test_a_call_without_an_operation_or_a_caller_counts_too(self):
        stranger = self.server.boto3(aws_secret_access_key="wrong")
        self.refused("InvalidSignatureException", stranger.list_aliases)
        found = self.fresh(lambda page: metrics.value(page, "kmaas_call_errors_total", service="kms", operation="ListAliases",
                                                      error="InvalidSignatureException"))
        self.assertEqual(metrics.value(found, "kmaas_calls_total", service="kms", operation="ListAliases", front_end="aws_json"), 1)

    def test_records_of_the_trail_are_counted(self):
        before = metrics.value(metrics.read(self.server), "kmaas_audit_records_total")
        for _ in range(7):
            self.kms.list_keys()
        self.fresh(lambda page: metrics.value(page, "kmaas_audit_records_total") >= before + 7)
        # The service records in between what it does itself, and a page may be a second old.
        found = self.fresh(lambda page: metrics.value(page, "kmaas_audit_records_total") == len(self.server.audit_records()))
        self.assertEqual(metrics.value(found, "kmaas_audit_failures_total", what="write"), 0)

    def test_the_trail_says_how_far_it_is_durable_and_sealed(self):
        for _ in range(5):
            self.kms.list_keys()
        found = self.fresh(lambda page: metrics.value(page, "kmaas_audit_unsealed_records") >= 5)
        sealed = max(json.loads(line)["seal"]["last"] for path in (self.server.data / "audit").glob("seals-*.jsonl") for line in path.read_text().splitlines())
        self.assertEqual(metrics.value(found, "kmaas_audit_unsealed_records"), metrics.value(found, "kmaas_audit_records_total") - sealed)
        self.fresh(lambda page: metrics.value(page, "kmaas_audit_lag_seconds") == 0)

    def test_grpc_connections_are_those_that_are_open(self):
        self.fresh(lambda page: metrics.value(page, "kmaas_grpc_connections") == 0)
        with socket.create_connection(("127.0.0.1", self.server.grpc_port), timeout=10):
            self.fresh(lambda page: metrics.value(page, "kmaas_grpc_connections") == 1)
        self.fresh(lambda page: metrics.value(page, "kmaas_grpc_connections") == 0)

    def test_keys_are_counted_by_state(self):
        states = ("Enabled", "Disabled", "PendingDeletion")
        count = lambda page: [metrics.value(page, "kmaas_keys", state=state) for state in states]  # noqa: E731
        before = count(self.fresh(lambda page: "kmaas_keys" in page))
        disabled, ending = (self.kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(2))
        self.kms.disable_key(KeyId=disabled)
        due = self.kms.schedule_key_deletion(KeyId=ending, PendingWindowInDays=7)["DeletionDate"].timestamp()
        found = self.fresh(lambda page: count(page)[1:] == [before[1] + 1, before[2] + 1])
        self.assertAlmostEqual(metrics.value(found, "kmaas_key_first_deletion_timestamp_seconds"), due, delta=1)

    def test_every_metric_is_documented_and_every_documented_one_is_there(self):
        self.kms.schedule_key_deletion(KeyId=self.kms.create_key()["KeyMetadata"]["KeyId"], PendingWindowInDays=30)
        self.import_expiring_material()
        self.refused("NotFoundException", self.kms.describe_key, KeyId="alias/none")
        wanted = metrics.documented()
        self.fresh(lambda page: wanted.keys() == page.keys())
        for name, family in metrics.read(self.server).items():
            kind, labels = wanted[name]
            self.assertEqual(family.type, kind, name)
            self.assertEqual(set().union(*(sample.labels for sample in family.samples)) - {"le"}, labels, name)
            self.assertTrue(family.documentation, name)

    def import_expiring_material(self):
        import datetime
        import os
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import padding
        key = self.kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
        given = again_when_throttled(self.kms.get_parameters_for_import, KeyId=key, WrappingAlgorithm="RSAES_OAEP_SHA_1",
                                     WrappingKeySpec="RSA_2048")
        public = serialization.load_der_public_key(given["PublicKey"])
        wrapped = public.encrypt(os.urandom(32), padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None))
        self.kms.import_key_material(KeyId=key, ImportToken=given["ImportToken"], EncryptedKeyMaterial=wrapped, ExpirationModel="KEY_MATERIAL_EXPIRES",
                                     ValidTo=datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=20))

    def test_no_label_names_a_key_an_account_or_a_principal(self):
        key = self.kms.create_key()["KeyMetadata"]["KeyId"]
        self.kms.encrypt(KeyId=key, Plaintext=b"never on the page")
        page = metrics.fetch(self.server)[2]
        for secret in (key, self.server.account, self.server.credentials["access_key_id"], "administrator", "never on the page"):
            self.assertNotIn(secret, page)

    def test_only_get_metrics_is_answered(self):
        self.assertEqual(metrics.fetch(self.server, "/")[0], 404)
        self.assertEqual(metrics.fetch(self.server, "/metrics/")[0], 404)
        self.assertEqual(metrics.fetch(self.server, method="POST")[0], 405)
        self.assertEqual(metrics.fetch(self.server, method="HEAD")[2], "")
        status, headers, _ = metrics.fetch(self.server, "/metrics?name=value")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/plain; version=0.0.4; charset=utf-8"))

    def test_bytes_that_are_no_http_are_refused(self):
        for text in (b"\x16\x03\x01\x00\xa5\x01\0\0\r\n\r\n", b"GET /metrics HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET " + b"a" * 100_000):
            with socket.create_connection(("127.0.0.1", self.server.metrics_port), timeout=10) as connection:
                connection.sendall(text)
                answer = connection.recv(100)
                self.assertTrue(answer.startswith(b"HTTP/1.1 4"), answer)

    def test_a_crowd_of_connections_is_bounded_and_passes(self):
        crowd = [socket.create_connection(("127.0.0.1", self.server.metrics_port), timeout=10) for _ in range(40)]
        closed = 0
        for connection in crowd:
            connection.settimeout(1 if closed == 0 else 0.05)
            try:
                closed += connection.recv(1) == b""
            except TimeoutError:
                pass
        for connection in crowd:
            connection.close()
        self.assertGreaterEqual(closed, 40 - 16)
        self.assertTrue(until(lambda: metrics.answers(self.server)))


class Settings(unittest.TestCase):
    def test_beyond_loopback_it_is_tls_and_asks_for_the_token(self):
        server = Server()
        self.addCleanup(server.__exit__)
        # A form of loopback that is not taken for it: nothing here may be reached from outside.
        token = server._private("token", TOKEN + "\n")
        server.overrides = {"metrics": {"address": "::ffff:127.0.0.1", "token_file": str(token)}}
        server.__enter__()
        self.assertTrue(until(lambda: metrics.answers(server, scheme="https", token=TOKEN)))
        for wrong in (None, "", TOKEN[:-1], TOKEN + "a", "a" * 300):
            status, headers, text = metrics.fetch(server, scheme="https", token=wrong)
            self.assertEqual((status, headers["WWW-Authenticate"]), (401, "Bearer"), wrong)
            self.assertNotIn("kmaas", text)
        with self.assertRaises(OSError):
            metrics.fetch(server, token=TOKEN)

    def test_it_can_be_turned_off(self):
        server = Server({"metrics": {"enabled": False}}).__enter__()
        self.addCleanup(server.__exit__)
        with self.assertRaises(OSError):
            metrics.fetch(server)


if __name__ == "__main__":
    unittest.main(verbosity=2)
