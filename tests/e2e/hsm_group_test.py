"""Goal: with two HSMs that have the same keys, one may go and come back while no client sees a failed request.

Method: two clones of a SoftHSM token, each behind the shim, under the load of hsm_faults_test. KMAAS_GROUP_ROUNDS says how often one of them
goes (4). What waits longest says how long failover takes.
"""

import json
import os
import shutil
import time
import unittest

import botocore.exceptions
import hsm_shim
import metrics
from hsm_faults_test import TEXT, Load
from hsm_group import NAMES, GroupServer
from server import until

ROUNDS = int(os.environ.get("KMAAS_GROUP_ROUNDS", "4"))
FAILOVER_SECONDS = 1.0
# Under one second by itself; a machine that does much else may be late.
LONGEST_SECONDS = float(os.environ.get("KMAAS_GROUP_LONGEST", "5"))


def member_metric(server, name, member):
    return metrics.value(metrics.read(server), name, member=member)


def other(name):
    return NAMES[1 - NAMES.index(name)]


class HsmGroup(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = GroupServer()
        cls.server.__enter__()
        kms = cls.kms = cls.server.boto3()
        make = lambda **how: kms.create_key(**how)["KeyMetadata"]["KeyId"]  # noqa: E731
        cls.keys = {"symmetric": make(), "signer": make(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY"),
                    "hmac": make(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")}
        cls.keys["ciphertext"] = kms.encrypt(KeyId=cls.keys["symmetric"], Plaintext=TEXT)["CiphertextBlob"]
        cls.keys["mac"] = kms.generate_mac(KeyId=cls.keys["hmac"], Message=TEXT, MacAlgorithm="HMAC_SHA_256")["Mac"]

    @classmethod
    def tearDownClass(cls):
        for name in NAMES:
            cls.server.bring_back(name)
        cls.server.__exit__()

    def setUp(self):
        for name in NAMES:
            self.server.bring_back(name)
        self.assertTrue(until(lambda: all(self.is_up(name) for name in NAMES)), self.server.log_path.read_text()[-3000:])

    def is_up(self, name):
        return self.metric("kmaas_hsm_member_up", name) == 1

    def metric(self, name, member):
        return member_metric(self.server, name, member)

    def test_one_goes_and_comes_back_under_load_and_no_request_fails(self):
        slowest = 0.0
        with Load(self.server, self.keys) as load:
            for turn in range(ROUNDS):
                name = NAMES[turn % 2]
                before = load.right
                self.assertTrue(until(lambda: load.right > before + 20))  # noqa: B023
                self.server.take_away(name)
                gone, before = time.monotonic(), load.right
                self.assertTrue(until(lambda: load.right > before + 20))  # noqa: B023
                self.assertTrue(until(lambda: not self.is_up(name)))  # noqa: B023
                slowest = max(slowest, load.longest)
                self.server.bring_back(name)
                self.assertTrue(until(lambda: self.is_up(name)))  # noqa: B023
                self.assertGreater(load.last_right, gone)
        self.assertEqual(load.bad, [])
        self.assertEqual(load.refused, {})
        self.assertLess(load.longest, LONGEST_SECONDS)
        for blob in load.sealed:
            self.assertEqual(self.kms.decrypt(CiphertextBlob=blob)["Plaintext"], TEXT)
        moved = sum(self.metric("kmaas_hsm_member_failovers_total", name) for name in NAMES)
        self.assertGreater(moved, 0)
        print(f"{ROUNDS} times one of two away: {load.right} right answers, 0 failed, {moved:.0f} calls handed on; "
              f"longest request {load.longest:.3f} s")

    def test_one_that_hangs_takes_its_calls_in_flight_and_no_more(self):
        name = NAMES[0]
        self.server.plans[name].begin(hsm_shim.HANG, function="C_Sign")
        # Whoever comes while the first are stuck waits a moment, and is served by the other.
        self.assertTrue(until(lambda: self.server.plans[name].hanging() > 0 and not self.is_up(name)))
        began = time.monotonic()
        for _ in range(20):
            self.kms.encrypt(KeyId=self.keys["symmetric"], Plaintext=TEXT)
        self.assertLess(time.monotonic() - began, 20 * FAILOVER_SECONDS)

    def test_keys_are_made_and_rights_are_changed_while_one_is_away(self):
        for name in NAMES:
            self.server.take_away(name)
            self.assertTrue(until(lambda: not self.is_up(name)))  # noqa: B023
            key = self.kms.create_key()["KeyMetadata"]["KeyId"]
            blob = self.kms.encrypt(KeyId=key, Plaintext=TEXT)["CiphertextBlob"]
            self.server.bring_back(name)
            self.assertTrue(until(lambda: self.is_up(name)))  # noqa: B023
            self.server.take_away(other(name))
            self.assertTrue(until(lambda: not self.is_up(other(name))))  # noqa: B023
            self.assertEqual(self.kms.decrypt(CiphertextBlob=blob)["Plaintext"], TEXT)
            self.server.bring_back(other(name))
            self.assertTrue(until(lambda: self.is_up(other(name))))  # noqa: B023


class Strangers(unittest.TestCase):
    def test_a_token_with_other_roots_is_refused_by_name(self):
        server = GroupServer()
        with server:
            server.stop()
            # Another token with keys of kmaas takes the place of the clone.
            shutil.rmtree(server.token("hsm-b"))
            stranger = server.add_token("kmaas", server.user_pin)
            server.serials["hsm-b"] = stranger.name.replace("-", "")[-16:]
            single = {"token_label": "kmaas", "token_serial": server.serials["hsm-b"], "pin_file": str(server.directory / "user.pin")}
            foreign = server.directory / "foreign.yaml"
            foreign.write_text(json.dumps({"data_directory": str(server.directory / "foreign"), "hsm": single}))
            server.run([hsm_shim.BUILD / "bin/kmaas", "init", "--config", foreign, "--so-pin-file", server.directory / "so.pin",
                        "--credentials-file", server.directory / "foreign.json"])
            server.overrides["hsm"]["tokens"][1]["serial"] = server.serials["hsm-b"]
            server.write_config()
            with self.assertRaises(RuntimeError) as refused:
                server.start()
            self.assertIn('hsm-b', str(refused.exception))
            self.assertIn("another integrity key", str(refused.exception))


class Away(unittest.TestCase):
    def test_a_server_starts_with_the_one_that_is_there_and_brings_the_other_up_to_date(self):
        server = GroupServer(spread="first")
        with server:
            server.stop()
            away = server.directory / "away"
            place = server.token("hsm-a")
            place.rename(away)
            server.start()
            kms = server.boto3()
            key = kms.create_key()["KeyMetadata"]["KeyId"]
            blob = kms.encrypt(KeyId=key, Plaintext=TEXT)["CiphertextBlob"]
            self.assertEqual(member_metric(server, "kmaas_hsm_member_up", "hsm-a"), 0)
            away.rename(place)
            self.assertTrue(until(lambda: member_metric(server, "kmaas_hsm_member_up", "hsm-a") == 1))
            self.assertIn("hsm_anchor_caught_up", server.log_path.read_text())
            server.stop()
            server.token("hsm-b").rename(away)
            server.start()
            self.assertEqual(server.boto3().decrypt(CiphertextBlob=blob)["Plaintext"], TEXT)

    def test_commands_that_need_the_token_take_all_of_them(self):
        server = GroupServer()
        with server:
            backup = server.directory / "node.backup"
            server.kmaas("backup", backup)
            server.run([hsm_shim.BUILD / "bin/kmaas", "backup", "verify", backup, "--with-token", "--config", server.config_path])
            server.kmaas("token", "sweep", "--dry-run")
            server.stop()
            server.kmaas("token", "sweep")
            self.assertIn("no newer roots", server.kmaas("root", "rotate", check=False).stderr)
            self.assertEqual(server.kmaas("audit", "verify").returncode, 0)
            server.start()

    def test_a_resident_key_says_where_it_is_and_is_not_there_elsewhere(self):
        server = GroupServer({"keys": {"default_custody": "resident"}})
        with server:
            kms = server.boto3()
            key = kms.create_key()["KeyMetadata"]["KeyId"]
            kms.encrypt(KeyId=key, Plaintext=TEXT)
            shown = json.loads(server.kmaas("key", "show", key, "--json").stdout)
            self.assertEqual(len(shown["tokens"]), 1)
            holder = next(name for name, serial in server.serials.items() if serial == shown["tokens"][0]["serial"])
            self.assertIn("only one", server.kmaas("key", "show", key).stdout)
            server.take_away(other(holder))
            self.assertTrue(until(lambda: member_metric(server, "kmaas_hsm_member_up", other(holder)) == 0))
            kms.encrypt(KeyId=key, Plaintext=TEXT)
            server.bring_back(other(holder))
            server.take_away(holder)
            with self.assertRaises(botocore.exceptions.ClientError) as refused:
                kms.encrypt(KeyId=key, Plaintext=TEXT)
            self.assertEqual(refused.exception.response["Error"]["Code"], "KeyUnavailableException")
            server.bring_back(holder)
            self.assertTrue(until(lambda: self.encrypts(kms, key)))

    def encrypts(self, kms, key):
        try:
            return kms.encrypt(KeyId=key, Plaintext=TEXT)["KeyId"] != ""
        except botocore.exceptions.ClientError:
            return False


if __name__ == "__main__":
    unittest.main()
