"""Goal: a custom key store is a second token whose keys are used there alone. Method: a real server with a second SoftHSM token, which
connects, is refused, goes away and comes back, and outlives a restart."""

import unittest

from botocore.exceptions import ClientError
from server import ACCOUNT, Server, until

CLUSTER = "cluster-234567abcde"
LATE_CLUSTER = "cluster-765432zyxwv"
STRANGE_CLUSTER = "cluster-aaaaaaaaaaa"
PIN = "kmsuser-pin-1"
ANCHOR = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgI=\n-----END CERTIFICATE-----\n"
TOKENS = [{"cluster_id": CLUSTER, "account": ACCOUNT, "token_label": "payments"},
          {"cluster_id": LATE_CLUSTER, "account": ACCOUNT, "token_label": "late"},
          {"cluster_id": STRANGE_CLUSTER, "account": "999988887777", "token_label": "strange"}]


class KeyStores(unittest.TestCase):
    """A server of its own for each of the classes below."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server(overrides={"key_stores": TOKENS, "health": {"interval_ms": 200}}).__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.token = cls.server.add_token("payments", PIN)
        cls.kms = cls.server.boto3()

    def setUp(self):
        self.store = self.create("payments", CLUSTER)
        self.addCleanup(self.forget, self.store)

    def create(self, name, cluster, pin=PIN):
        made = self.kms.create_custom_key_store(CustomKeyStoreName=name, CloudHsmClusterId=cluster, TrustAnchorCertificate=ANCHOR, KeyStorePassword=pin)
        return made["CustomKeyStoreId"]

    def forget(self, store):
        """As far as its keys let it."""
        if self.describe(store)["ConnectionState"] != "DISCONNECTED":
            self.kms.disconnect_custom_key_store(CustomKeyStoreId=store)
        try:
            self.kms.delete_custom_key_store(CustomKeyStoreId=store)
        except self.kms.exceptions.CustomKeyStoreHasCMKsException:
            self.kms.update_custom_key_store(CustomKeyStoreId=store, NewCustomKeyStoreName=store)

    def describe(self, store):
        return self.kms.describe_custom_key_stores(CustomKeyStoreId=store)["CustomKeyStores"][0]

    def connect(self, store):
        """What it comes to."""
        self.kms.connect_custom_key_store(CustomKeyStoreId=store)
        self.assertTrue(until(lambda: self.describe(store)["ConnectionState"] != "CONNECTING"))
        return self.describe(store)

    def refusal(self, call, **arguments):
        with self.assertRaises(ClientError) as raised:
            call(**arguments)
        return raised.exception.response["Error"]

    def works(self, arn):
        try:
            return self.kms.decrypt(CiphertextBlob=self.kms.encrypt(KeyId=arn, Plaintext=b"hello")["CiphertextBlob"])["Plaintext"] == b"hello"
        except ClientError:
            return False


class Life(KeyStores):
    def test_goes_through_its_whole_life(self):
        self.assertEqual(self.describe(self.store)["ConnectionState"], "DISCONNECTED")
        self.assertEqual(self.connect(self.store)["ConnectionState"], "CONNECTED")
        key = self.kms.create_key(Origin="AWS_CLOUDHSM", CustomKeyStoreId=self.store)["KeyMetadata"]
        self.assertEqual((key["Origin"], key["CustomKeyStoreId"], key["CloudHsmClusterId"]), ("AWS_CLOUDHSM", self.store, CLUSTER))
        blob = self.kms.encrypt(KeyId=key["Arn"], Plaintext=b"hello")["CiphertextBlob"]
        self.assertEqual(len(self.kms.generate_random(NumberOfBytes=32, CustomKeyStoreId=self.store)["Plaintext"]), 32)

        self.kms.disconnect_custom_key_store(CustomKeyStoreId=self.store)
        self.assertEqual(self.kms.describe_key(KeyId=key["Arn"])["KeyMetadata"]["KeyState"], "Unavailable")
        refused = self.refusal(self.kms.decrypt, CiphertextBlob=blob)
        self.assertEqual((refused["Code"], refused["Message"]), ("KMSInvalidStateException", f"{key['Arn']} is unavailable."))
        self.assertEqual(self.refusal(self.kms.delete_custom_key_store, CustomKeyStoreId=self.store)["Code"], "CustomKeyStoreHasCMKsException")

        self.assertEqual(self.connect(self.store)["ConnectionState"], "CONNECTED")
        self.assertEqual(self.kms.decrypt(CiphertextBlob=blob)["Plaintext"], b"hello")
        self.the_token_goes_away_and_comes_back(key["Arn"], blob)
        self.the_server_restarts(blob)

    def the_token_goes_away_and_comes_back(self, arn, blob):
        own = self.kms.create_key()["KeyMetadata"]["Arn"]
        away = self.server.directory / "away"
        self.token.rename(away)
        self.assertEqual(self.refusal(self.kms.decrypt, CiphertextBlob=blob)["Code"], "KeyUnavailableException")
        self.assertEqual(self.refusal(self.kms.create_key, Origin="AWS_CLOUDHSM", CustomKeyStoreId=self.store)["Code"], "DependencyTimeoutException")
        self.assertTrue(self.works(own))
        self.assertTrue(self.server.is_ready())
        away.rename(self.token)
        self.assertTrue(until(lambda: self.works(arn)))
        self.assertTrue(self.works(own))
        self.assertEqual(self.kms.decrypt(CiphertextBlob=blob)["Plaintext"], b"hello")

    def the_server_restarts(self, blob):
        self.server.kill()
        self.server.start()
        self.assertEqual(self.describe(self.store)["ConnectionState"], "CONNECTED")
        self.assertTrue(until(lambda: self.decrypts(blob)))
        self.server.stop()
        away = self.server.directory / "away"
        self.token.rename(away)
        self.server.start()
        self.assertFalse(self.decrypts(blob))
        away.rename(self.token)
        self.assertTrue(until(lambda: self.decrypts(blob)))

    def decrypts(self, blob):
        try:
            return self.kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"hello"
        except ClientError:
            return False


class Refusals(KeyStores):
    def test_tries_a_wrong_password_once(self):
        self.kms.update_custom_key_store(CustomKeyStoreId=self.store, KeyStorePassword="not-the-pin")
        for _ in range(2):
            failed = self.connect(self.store)
            self.assertEqual((failed["ConnectionState"], failed["ConnectionErrorCode"]), ("FAILED", "INVALID_CREDENTIALS"))
            self.kms.disconnect_custom_key_store(CustomKeyStoreId=self.store)
        log = self.server.log_path.read_text()
        self.assertEqual(sum("CKR_PIN_INCORRECT" in line for line in log.splitlines()), 1)
        self.assertNotIn("not-the-pin", log)
        self.kms.update_custom_key_store(CustomKeyStoreId=self.store, KeyStorePassword=PIN)
        self.assertEqual(self.connect(self.store)["ConnectionState"], "CONNECTED")

    def test_has_no_cluster_of_another_account(self):
        with self.assertRaises(self.kms.exceptions.CloudHsmClusterNotFoundException):
            self.create("strange", STRANGE_CLUSTER)
        with self.assertRaises(self.kms.exceptions.CloudHsmClusterNotFoundException):
            self.kms.update_custom_key_store(CustomKeyStoreId=self.store, CloudHsmClusterId=STRANGE_CLUSTER)

    def test_finds_a_token_when_there_is_one(self):
        late = self.create("late", LATE_CLUSTER)
        self.addCleanup(self.forget, late)
        own = self.kms.create_key()["KeyMetadata"]["Arn"]
        self.assertEqual(self.connect(late)["ConnectionErrorCode"], "CLUSTER_NOT_FOUND")
        self.assertTrue(self.works(own))


if __name__ == "__main__":
    unittest.main()
