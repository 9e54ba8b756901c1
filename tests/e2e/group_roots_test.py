"""Roots are rotated over two HSMs: keys come under roots that both have alike, or stay where they are."""

import json
import shutil
import signal
import subprocess
import unittest

import hsm_shim
from hsm_group import NAMES, GroupServer
from hsm_group_test import member_metric, other
from server import BUILD, until

TEXT = b"under roots of both"


class WithGroup(unittest.TestCase):
    def setUp(self):
        self.server = GroupServer()
        self.addCleanup(self.server.__exit__)
        self.server.__enter__()
        self.kms = self.server.boto3()
        self.key = self.kms.create_key()["KeyMetadata"]["KeyId"]
        self.blob = self.kms.encrypt(KeyId=self.key, Plaintext=TEXT)["CiphertextBlob"]

    def add(self, config=None):
        done = self.server.run([BUILD / "bin/kmaas", "root", "add", "--config", config or self.server.config_path, "--so-pin-file",
                                self.server.directory / "so.pin", "--json"])
        return json.loads(done.stdout)

    def status(self):
        return json.loads(self.server.kmaas("root", "status", "--json").stdout)

    def comes_and_goes(self, name):
        """While it is away and afterwards the key is used; at the end both are up."""
        self.server.take_away(name)
        self.assertTrue(until(lambda: member_metric(self.server, "kmaas_hsm_member_up", name) == 0))
        self.assertEqual(self.kms.decrypt(CiphertextBlob=self.blob)["Plaintext"], TEXT)
        self.server.bring_back(name)
        self.assertTrue(until(lambda: member_metric(self.server, "kmaas_hsm_member_up", name) == 1), self.server.log_path.read_text()[-2000:])

    def both_come_and_go(self):
        for name in NAMES:
            self.comes_and_goes(name)

    def clone(self):
        """The first token to the second, over what is there."""
        self.server.clone("hsm-a", self.server.serials["hsm-b"])

    def own_config_of(self, name):
        """A node of that token alone."""
        path = self.server.directory / f"{name}.yaml"
        config = json.loads(self.server.config_path.read_text())
        config["hsm"]["tokens"] = [token for token in config["hsm"]["tokens"] if token["name"] == name]
        path.write_text(json.dumps(config))
        return path


class Rotation(WithGroup):
    def test_waits_for_roots_in_every_token_and_loses_no_member(self):
        added = self.add()
        self.assertEqual((added["generation"], added["copy_to"]), (2, ["hsm-b"]))
        self.both_come_and_go()
        refused = self.server.kmaas("root", "rotate", check=False)
        self.assertIn("no newer roots", refused.stderr)
        self.assertIn("every token of hsm.tokens", refused.stderr)

        self.clone()
        rotated = json.loads(self.server.kmaas("root", "rotate", "--wait", "--json").stdout)
        self.assertEqual((rotated["generation"], rotated["settled"]), (2, True))
        self.both_come_and_go()
        for name in NAMES:  # whoever made it, the other opens it
            self.server.take_away(name)
            self.assertTrue(until(lambda: member_metric(self.server, "kmaas_hsm_member_up", name) == 0))  # noqa: B023
            made = self.kms.create_key()["KeyMetadata"]["KeyId"]
            blob = self.kms.encrypt(KeyId=made, Plaintext=TEXT)["CiphertextBlob"]
            self.server.bring_back(name)
            self.assertTrue(until(lambda: member_metric(self.server, "kmaas_hsm_member_up", name) == 1))  # noqa: B023
            self.server.take_away(other(name))
            self.assertTrue(until(lambda: member_metric(self.server, "kmaas_hsm_member_up", other(name)) == 0))  # noqa: B023
            self.assertEqual(self.kms.decrypt(CiphertextBlob=blob)["Plaintext"], TEXT)
            self.server.bring_back(other(name))
            self.assertTrue(until(lambda: member_metric(self.server, "kmaas_hsm_member_up", other(name)) == 1))  # noqa: B023

    def test_refuses_roots_that_were_made_in_each_token(self):
        for name in NAMES:
            self.assertEqual(self.add(self.own_config_of(name))["generation"], 2)
        self.server.process.send_signal(signal.SIGUSR1)
        self.assertTrue(until(lambda: "root_rotation_not_begun" in self.server.log_path.read_text()))
        self.assertIn("other roots of generation 2", self.server.log_path.read_text())
        self.assertEqual(self.status()["generation_in_use"], 1)
        made = self.kms.create_key()["KeyMetadata"]["KeyId"]
        self.assertEqual(json.loads(self.server.kmaas("key", "show", made, "--json").stdout)["root_generation"], 1)
        self.both_come_and_go()

        self.server.stop()
        shutil.rmtree(self.server.token("hsm-b"))
        self.clone()
        self.server.start()
        rotated = json.loads(self.server.kmaas("root", "rotate", "--wait", "--json").stdout)
        self.assertEqual((rotated["generation"], rotated["settled"]), (2, True))


class Retirement(WithGroup):
    def person(self, name):
        iam = self.server.boto3("iam")
        iam.create_user(UserName=name)
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kmaas:RetireRoot", "Resource": "*"}]}
        iam.put_user_policy(UserName=name, PolicyName="retire", PolicyDocument=json.dumps(document))
        return iam.create_access_key(UserName=name)["AccessKey"]

    def consent(self, name, attempt):
        who = self.people[name]
        path = self.server.directory / f"{name}-{attempt}.consent"
        environment = dict(self.server.environment, AWS_ACCESS_KEY_ID=who["AccessKeyId"], AWS_SECRET_ACCESS_KEY=who["SecretAccessKey"])
        subprocess.run([str(BUILD / "bin/kmaas"), "root", "consent", "1", "--config", str(self.server.config_path), "--out", str(path),
                        "--reason", "yearly rotation"], env=environment, stdin=subprocess.DEVNULL, check=True, timeout=120)
        return path

    def retire(self, attempt):
        consents = [part for name in self.people for part in ("--consent", self.consent(name, attempt))]
        return self.server.kmaas("root", "retire", "1", *consents, "--even-though-backups-need-it", "--json", check=False)

    def test_that_ended_between_two_tokens_is_done_again(self):
        self.people = {name: self.person(name) for name in ("alice", "bob")}
        self.add()
        self.clone()
        self.server.kmaas("root", "rotate", "--wait")
        self.server.stop()
        self.server.plans["hsm-b"].begin(hsm_shim.REFUSAL, hsm_shim.DEVICE_REMOVED, function="C_DestroyObject")
        self.assertEqual(self.retire("broken").returncode, 1)
        self.server.bring_back("hsm-b")

        self.server.start()
        self.kms = self.server.boto3()
        self.both_come_and_go()
        self.assertEqual(self.status()["generations_in_token"], [2])
        self.server.stop()
        done = self.retire("again")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.server.start()
        self.assertEqual(self.server.boto3().decrypt(CiphertextBlob=self.blob)["Plaintext"], TEXT)


if __name__ == "__main__":
    unittest.main()
