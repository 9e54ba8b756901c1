"""What no row names goes from the token at the start, and resident keys of a database that was set back only when an operator says so."""

import json
import shutil
import unittest

from rollback_test import Copies
from server import BUILD, until


class Sweep(Copies):
    def setUp(self):
        super().setUp()
        # Newer than both copies: a resident key, and the wrapping key of an import.
        self.server.overrides["keys"] = {"default_custody": "resident"}
        self.server.write_config()
        self.server.start()
        kms = self.server.boto3()
        self.resident = kms.create_key()["KeyMetadata"]["KeyId"]
        external = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
        kms.get_parameters_for_import(KeyId=external, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048")
        self.server.stop()

    def unnamed(self, *options):
        shown = json.loads(self.server.kmaas("token", "sweep", "--json", *options).stdout)["unnamed_keys"]
        return sorted((key["kind"], key["destroyed"]) for key in shown)

    def set_back(self):
        self.put_back_database("old")
        consents = [self.consent(who, f"{number}.consent") for number, who in enumerate(self.people)]
        self.accept(*consents, check=True)

    def destroyed(self):
        return [event["serviceEventDetails"]["kind"] for event in self.server.audit_events() if event["eventName"] == "DestroyUnnamedKey"]

    def test_every_key_with_a_row_stays(self):
        self.assertEqual(self.unnamed("--dry-run"), [])
        self.assertEqual(self.unnamed(), [])
        self.server.start()
        self.assertEqual(self.unnamed("--dry-run"), [])  # beside the server
        kms = self.server.boto3()
        self.assertEqual(kms.decrypt(CiphertextBlob=kms.encrypt(KeyId=self.resident, Plaintext=b"x")["CiphertextBlob"])["Plaintext"], b"x")

    def test_a_look_takes_the_pin_once(self):
        self.server.take_pin_from_variable()
        self.assertEqual(self.unnamed("--dry-run"), [])

    def test_resident_keys_of_a_database_that_was_set_back_wait_for_the_operator(self):
        self.set_back()
        self.assertEqual(self.unnamed("--dry-run"), [("import", False), ("resident", False)])
        self.server.start()
        self.assertTrue(until(lambda: self.destroyed() == ["import"]))
        self.server.stop()
        self.assertEqual(self.unnamed(), [("resident", False)])
        refused = self.server.kmaas("token", "sweep", "--dry-run", "--resident", check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertEqual(self.unnamed("--resident"), [("resident", True)])
        self.assertEqual(self.unnamed("--dry-run"), [])
        self.assertEqual(self.destroyed(), ["import", "resident"])
        self.assertEqual(self.server.kmaas("audit", "verify").returncode, 0)

    def test_resident_keys_of_a_database_before_a_new_one_wait_for_the_operator(self):
        shutil.rmtree(self.server.data)
        credentials = self.server.directory / "credentials.json"
        credentials.unlink()
        self.server.run([BUILD / "bin/kmaas", "init", "--config", self.server.config_path, "--keep-token-keys", "--credentials-file", credentials])
        self.server.credentials = json.loads(credentials.read_text())
        self.server.start()
        self.assertTrue(until(lambda: self.destroyed() == ["import"]))
        self.server.stop()
        self.assertEqual(self.unnamed(), [("resident", False)])

    def test_nothing_is_swept_under_a_running_server_or_a_database_that_is_refused(self):
        self.server.start()
        done = self.server.kmaas("token", "sweep", check=False)
        self.assertEqual(done.returncode, 1)
        self.server.stop()
        self.put_back_database("old")
        done = self.server.kmaas("token", "sweep", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("rolled back", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
