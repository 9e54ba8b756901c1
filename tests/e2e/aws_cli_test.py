"""The real AWS command line against the real server: what an operator does on the first day."""

import base64
import hashlib
import os
import pathlib
import unittest

from server import Server


class AwsCommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().__enter__()
        cls.addClassCleanup(cls.server.__exit__)

    def kms(self, *arguments, **options):
        return self.server.aws("kms", *arguments, **options)

    def make_key(self):
        return self.kms("create-key", "--description", "e2e")["KeyMetadata"]["Arn"]

    def test_encrypts_and_decrypts_a_file(self):
        arn = self.make_key()
        secret = self.server.directory / "secret"
        secret.write_bytes(os.urandom(4096))
        blob = self.kms("encrypt", "--key-id", arn, "--plaintext", f"fileb://{secret}", "--encryption-context", "app=e2e")["CiphertextBlob"]
        sealed = self.server.directory / "sealed"
        sealed.write_bytes(base64.b64decode(blob))
        opened = self.kms("decrypt", "--ciphertext-blob", f"fileb://{sealed}", "--encryption-context", "app=e2e")
        self.assertEqual(hashlib.sha256(base64.b64decode(opened["Plaintext"])).digest(), hashlib.sha256(secret.read_bytes()).digest())
        self.assertEqual(opened["KeyId"], arn)

    def test_pages_through_keys_by_itself(self):
        made = {self.make_key() for _ in range(5)}
        listed = self.kms("list-keys", "--page-size", "2")["Keys"]
        self.assertLessEqual(made, {key["KeyArn"] for key in listed})

    def test_runs_the_life_of_a_key(self):
        arn = self.make_key()
        self.kms("create-alias", "--alias-name", "alias/e2e/life", "--target-key-id", arn)
        self.kms("tag-resource", "--key-id", arn, "--tags", "TagKey=stage,TagValue=test")
        self.kms("disable-key", "--key-id", arn)
        refused = self.kms("generate-data-key", "--key-id", "alias/e2e/life", "--key-spec", "AES_256", check=False)
        self.assertIn("DisabledException", refused.stderr)
        self.assertIn(f"{arn} is disabled.", refused.stderr)
        self.kms("enable-key", "--key-id", arn)
        self.assertEqual(len(base64.b64decode(self.kms("generate-data-key", "--key-id", "alias/e2e/life", "--key-spec", "AES_256")["Plaintext"])), 32)
        self.assertEqual(self.kms("schedule-key-deletion", "--key-id", arn, "--pending-window-in-days", "7")["KeyState"], "PendingDeletion")
        self.kms("cancel-key-deletion", "--key-id", arn)
        self.kms("delete-alias", "--alias-name", "alias/e2e/life")
        self.assertEqual(self.kms("describe-key", "--key-id", arn)["KeyMetadata"]["KeyState"], "Disabled")

    def test_is_refused_with_a_wrong_secret(self):
        good = self.server.credentials
        self.server.credentials = dict(good, secret_access_key="x" * 40)
        self.addCleanup(setattr, self.server, "credentials", good)
        self.assertIn("InvalidSignatureException", self.kms("list-keys", check=False).stderr)

    def test_leaves_one_record_per_call(self):
        before = len(self.server.audit_events())
        self.make_key()
        self.kms("describe-key", "--key-id", "alias/none", check=False)
        events = self.server.audit_events()[before:]
        self.assertEqual([event["eventName"] for event in events], ["CreateKey", "DescribeKey"])
        self.assertEqual(events[1]["errorCode"], "NotFoundException")
        self.assertIn("aws-cli", events[0]["userAgent"])


class OperatorCommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().__enter__()
        cls.addClassCleanup(cls.server.__exit__)

    def test_refuses_a_second_initialisation_and_changes_nothing(self):
        # SoftHSM notes each login in token.object, so that file differs by its count.
        before = {path: path.read_bytes() for path in sorted(pathlib.Path(self.server.directory / "tokens").rglob("*"))
                  if path.is_file() and path.name != "token.object"}
        again = self.server.kmaas("init", "--so-pin-file", self.server.directory / "so.pin", check=False)
        self.assertNotEqual(again.returncode, 0)
        self.assertIn("kmaas.db", again.stdout + again.stderr)
        self.assertEqual(before, {path: path.read_bytes() for path in before})

    def test_shows_the_status_while_the_server_runs(self):
        status = self.server.kmaas("status")
        self.assertIn("kmaas", status.stdout)
        self.assertIn("wrapped", status.stdout)

    def test_verifies_the_audit_trail(self):
        self.server.aws("kms", "list-keys")
        self.assertEqual(self.server.kmaas("audit", "verify").returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
