"""Roots are rotated while the server serves: keys stay what they are, old roots end when two persons say so and nothing needs them."""

import json
import os
import shutil
import signal
import subprocess
import unittest

from hsm_shim import DEVICE_REMOVED, REFUSAL, FaultyServer
from metrics import read, value
from server import BUILD, Server, until


class WithServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.__exit__)
        cls.server.__enter__()
        cls.alice, cls.bob = cls.person("alice"), cls.person("bob")
        cls.carol = cls.person("carol", allowed=False)

    @classmethod
    def person(cls, name, allowed=True):
        iam = cls.server.boto3("iam")
        iam.create_user(UserName=name)
        if allowed:
            document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kmaas:RetireRoot", "Resource": "*"}]}
            iam.put_user_policy(UserName=name, PolicyName="retire", PolicyDocument=json.dumps(document))
        return iam.create_access_key(UserName=name)["AccessKey"]

    def setUp(self):
        self.kms = self.server.boto3()

    def status(self):
        return json.loads(self.server.kmaas("root", "status", "--json").stdout)

    def add(self, *more):
        return json.loads(self.server.kmaas("root", "add", "--so-pin-file", self.server.directory / "so.pin", "--json", *more).stdout)

    def consent(self, who, generation, name):
        path = self.server.directory / f"{name}-{generation}.consent"
        path.unlink(missing_ok=True)
        environment = dict(self.server.environment, AWS_ACCESS_KEY_ID=who["AccessKeyId"], AWS_SECRET_ACCESS_KEY=who["SecretAccessKey"])
        done = subprocess.run([str(BUILD / "bin/kmaas"), "root", "consent", str(generation), "--config", str(self.server.config_path),
                               "--out", str(path), "--reason", "yearly rotation"], env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return path

    def retire(self, generation, *consents, acknowledged=True, check=False):
        arguments = [part for path in consents for part in ("--consent", path)]
        flag = ["--even-though-backups-need-it"] if acknowledged else []
        return self.server.kmaas("root", "retire", generation, *arguments, *flag, "--json", check=check)

    def refuses_to_retire(self, expected, *arguments, **options):
        done = self.retire(*arguments, **options)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(expected, done.stderr)
        self.assertIn(arguments[0], self.status()["generations_in_token"])

    def refused_to_start(self):
        done = subprocess.run([str(BUILD / "bin/kmaasd"), "--config", str(self.server.config_path)], env=self.server.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stderr

    def root_of(self, key):
        return json.loads(self.server.kmaas("key", "show", key, "--json").stdout)["root_generation"]


class Life(WithServer):
    def test_a_whole_life_of_a_generation(self):
        old = self.kms.create_key()["KeyMetadata"]["KeyId"]
        signing = self.kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        blob = self.kms.encrypt(KeyId=old, Plaintext=b"before")["CiphertextBlob"]

        refused = self.server.kmaas("root", "rotate", check=False)
        self.assertIn("kmaas root add", refused.stderr)
        self.assertEqual(refused.returncode, 1)
        added = self.add()
        self.assertEqual(added["generation"], 2)
        self.assertEqual(len(added["token_keys"]), 5)
        self.assertEqual(self.root_of(self.kms.create_key()["KeyMetadata"]["KeyId"]), 1, "nothing uses them yet")
        before_rotation = self.server.directory / "token-before"
        self.server.stop()
        self.refuses_to_retire("is in use", 1)
        self.server.start()

        rotated = json.loads(self.server.kmaas("root", "rotate", "--wait", "--json").stdout)
        self.assertEqual((rotated["generation"], rotated["settled"]), (2, True))
        status = self.status()
        self.assertEqual(status["materials_by_generation"], {"2": rotated["materials_rewrapped"]})
        self.assertEqual(status["materials_left"], 0)
        self.assertEqual(self.root_of(old), 2)
        self.assertEqual(self.root_of(self.kms.create_key()["KeyMetadata"]["KeyId"]), 2)
        self.assertEqual(self.kms.decrypt(CiphertextBlob=blob)["Plaintext"], b"before")

        consents = self.consent(self.alice, 1, "alice"), self.consent(self.bob, 1, "bob")
        self.refuses_to_retire("stop kmaasd first", 1, *consents)
        self.server.stop()
        shutil.copytree(self.server.directory / "tokens", before_rotation)
        self.refuses_to_retire("is in use", 2, *consents)
        self.refuses_to_retire("--even-though-backups-need-it", 1, *consents, acknowledged=False)
        self.refuses_to_retire("two persons", 1, consents[0])
        self.refuses_to_retire("two different persons", 1, consents[0], consents[0])
        self.refuses_to_retire("is not allowed to do kmaas:RetireRoot", 1, consents[0], self.consent(self.carol, 1, "carol"))
        self.refuses_to_retire("for generation 7", 1, consents[0], self.consent(self.bob, 7, "bob"))
        forged = self.server.directory / "forged.consent"
        forged.write_text(consents[1].read_text().replace("yearly", "weekly"))
        self.refuses_to_retire("it was changed", 1, consents[0], forged)
        retired = json.loads(self.retire(1, *consents, check=True).stdout)
        self.assertEqual(retired["generations_in_token"], [2])
        self.assertEqual(len(retired["consents"]), 2)

        self.server.start()
        self.kms = self.server.boto3()
        self.assertEqual(self.kms.decrypt(CiphertextBlob=blob)["Plaintext"], b"before")
        signature = self.kms.sign(KeyId=signing, Message=b"after", SigningAlgorithm="ECDSA_SHA_256")["Signature"]
        self.assertTrue(self.kms.verify(KeyId=signing, Message=b"after", Signature=signature, SigningAlgorithm="ECDSA_SHA_256")["SignatureValid"])
        self.check_records(old)
        self.check_verify()

        # Without a server the command does it, and an older copy of the token is refused.
        self.server.stop()
        self.add()
        done = json.loads(self.server.kmaas("root", "rotate", "--json").stdout)
        self.assertEqual((done["generation"], done["settled"]), (3, True))
        current = self.server.directory / "token-current"
        shutil.move(self.server.directory / "tokens", current)
        shutil.copytree(before_rotation, self.server.directory / "tokens")
        self.assertIn("does not have generation 3", self.refused_to_start())
        shutil.rmtree(self.server.directory / "tokens")
        shutil.move(current, self.server.directory / "tokens")
        self.server.start()
        self.assertEqual(self.server.boto3().decrypt(CiphertextBlob=blob)["Plaintext"], b"before")

    def check_records(self, key):
        events = {event["eventName"]: event for event in self.server.audit_records()}
        self.assertEqual(events["RotateRoots"]["serviceEventDetails"], {"previousGeneration": 1, "generation": 2})
        named = [resource["ARN"] for resource in events["RewrapKeyMaterial"]["resources"]]
        self.assertTrue(any(key in arn for arn in named), named)
        self.assertIn("SettleRoots", events)
        text = json.dumps(events["RetireRoots"])
        for who in ("user/alice", "user/bob", "yearly rotation"):
            self.assertIn(who, text)

    def check_verify(self):
        self.assertIn("all as they were written", self.server.kmaas("verify").stdout)
        self.assertEqual(self.server.kmaas("audit", "verify").returncode, 0)


class Refusals(WithServer):
    def test_roots_that_last_are_not_retired(self):
        self.server.stop()
        generation = self.add("--lasting-roots")["generation"]
        self.server.kmaas("root", "rotate")
        self.add()
        self.server.kmaas("root", "rotate")
        consents = self.consent(self.alice, generation, "alice"), self.consent(self.bob, generation, "bob")
        self.refuses_to_retire("made to last", generation, *consents)
        failed = [event for event in self.server.audit_records() if event["eventName"] == "RetireRoots" and event.get("errorCode")]
        self.assertEqual(len(failed), 1)
        self.server.start()

    def test_a_process_that_is_no_kmaasd_is_not_ended(self):
        self.server.stop()
        holder = subprocess.Popen(["flock", str(self.server.data / "kmaas.db.lock"), "-c", "echo held; exec cat"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE)
        holder.stdout.readline()
        (self.server.data / "kmaas.db.lock").write_text(f"{holder.pid}\n")
        self.add()
        done = self.server.kmaas("root", "rotate", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no kmaasd that rotates", done.stderr)
        self.assertIsNone(holder.poll())
        holder.communicate()
        self.server.start()

    def test_metrics_tell_of_it(self):
        found = read(self.server)
        self.assertIn(value(found, "kmaas_root_rotation_under_way"), (0, 1))
        for name in ("kmaas_root_generation", "kmaas_root_rewrapped_total", "kmaas_root_rewrap_failures_total"):
            self.assertIsNotNone(value(found, name))

    def test_a_signal_without_newer_roots_changes_nothing(self):
        before = self.status()["generation_in_use"]
        os.kill(self.server.process.pid, signal.SIGUSR1)
        self.assertTrue(until(lambda: "no newer roots" in self.server.log_path.read_text() or self.status()["generation_in_use"] != before))
        self.kms.list_keys()


class PutOff(unittest.TestCase):
    def setUp(self):
        self.server = FaultyServer()
        self.addCleanup(self.server.__exit__)
        self.server.__enter__()
        self.server.kmaas("root", "add", "--so-pin-file", self.server.directory / "so.pin")

    def in_use(self):
        return json.loads(self.server.kmaas("root", "status", "--json").stdout)["generation_in_use"]

    def test_a_rotation_that_no_token_lets_begin_begins_when_the_token_is_back(self):
        self.server.plan.begin(REFUSAL, DEVICE_REMOVED)
        os.kill(self.server.process.pid, signal.SIGUSR1)
        self.assertTrue(until(lambda: "root_rotation_not_begun" in self.server.log_path.read_text()))
        self.server.plan.end()
        self.assertTrue(until(lambda: "root_rotation_begun" in self.server.log_path.read_text(), 60))
        self.assertEqual(self.in_use(), 2)


class PinOfAVariable(unittest.TestCase):
    def test_is_taken_once_by_who_follows_a_rotation_of_the_server(self):
        with Server() as server:
            server.kmaas("root", "add", "--so-pin-file", server.directory / "so.pin")
            server.take_pin_from_variable()
            rotated = json.loads(server.kmaas("root", "rotate", "--wait", "--json").stdout)
            self.assertEqual((rotated["generation"], rotated["settled"]), (2, True))


if __name__ == "__main__":
    unittest.main()
