"""An older copy of the database is refused at start, and goes on only when two persons say so."""

import json
import shutil
import subprocess
import unittest

from authenticator import Authenticator
from hsm_shim import REFUSAL, FaultyServer
from people import make_acceptor, make_acceptors
from server import BUILD, Server

DEVICE_ERROR = 0x30
# Five roots, the integrity key, the seal key, both halves of the audit key; what is newer in the token are anchors.
KEYS_OF_CEREMONY = 9


class Copies(unittest.TestCase):
    """A stopped server, an older copy of its database, and one of the token of that time."""

    def setUp(self):
        self.server = self.make_server()
        self.addCleanup(self.server.__exit__)
        self.server.__enter__()
        self.key = self.server.boto3().create_key()["KeyMetadata"]["KeyId"]
        self.people = make_acceptors(self.server)
        self.stranger = make_acceptor(self.server, "carol", allowed=False)
        self.server.stop()
        self.keep("old")
        self.server.start()
        self.server.boto3().disable_key(KeyId=self.key)
        self.server.stop()
        self.keep("new")

    def make_server(self):
        return Server()

    def keep(self, name):
        shutil.copytree(self.server.data, self.server.directory / name / "data")
        shutil.copytree(self.server.directory / "tokens", self.server.directory / name / "tokens")

    def put_back_database(self, name):
        for path in self.server.data.glob("kmaas.db*"):
            path.unlink()
        for path in (self.server.directory / name / "data").glob("kmaas.db*"):
            shutil.copy2(path, self.server.data)

    def put_back_token(self, name):
        shutil.rmtree(self.server.directory / "tokens")
        shutil.copytree(self.server.directory / name / "tokens", self.server.directory / "tokens")

    def refused(self):
        """What a kmaasd says that must not start."""
        done = subprocess.run([str(BUILD / "bin/kmaasd"), "--config", str(self.server.config_path)], env=self.server.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("integrity_alarm", done.stderr)
        return done.stderr

    def consent(self, who, out, *more, secret=None):
        environment = dict(self.server.environment, AWS_ACCESS_KEY_ID=who["AccessKeyId"],
                           AWS_SECRET_ACCESS_KEY=secret or who["SecretAccessKey"])
        path = self.server.directory / out
        done = subprocess.run([str(BUILD / "bin/kmaas"), "restore", "consent", "--config", str(self.server.config_path), "--out", str(path),
                               "--reason", "disk failure", *more], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return path

    def accept(self, *consents, check=False):
        arguments = [part for path in consents for part in ("--consent", path)]
        return self.server.kmaas("restore", "--accept-rollback", "--json", *arguments, check=check)

    def not_accepted(self, expected, *consents):
        done = self.accept(*consents)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(expected, done.stderr)
        self.refused()


class Rollbacks(Copies):
    def test_the_newest_database_serves_as_ever(self):
        shown = json.loads(self.server.kmaas("restore", "--json").stdout)
        self.assertEqual(shown["standing"], "newest")
        self.server.start()
        self.assertEqual(self.server.boto3().describe_key(KeyId=self.key)["KeyMetadata"]["KeyState"], "Disabled")

    def test_an_older_database_is_refused_by_the_token(self):
        self.put_back_database("old")
        shutil.rmtree(self.server.data / "audit")  # the token alone
        said = self.refused()
        self.assertIn("rolled back", said)
        self.assertIn("kmaas restore", said)

    def test_an_older_database_and_token_are_refused_by_the_audit_trail(self):
        self.put_back_database("old")
        self.put_back_token("old")
        self.assertIn("rolled back", self.refused())

    def test_no_command_writes_to_an_older_database(self):
        self.put_back_database("old")
        done = self.server.kmaas("account", "create", "--name", "Other", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("rolled back", done.stderr)
        self.refused()

    def test_commands_that_only_read_warn_and_the_check_fails(self):
        self.put_back_database("old")
        self.assertIn("rolled back", self.server.kmaas("key", "list").stderr)
        shown = self.server.kmaas("restore", "--json", check=False)
        self.assertEqual(shown.returncode, 1)
        self.assertEqual(json.loads(shown.stdout)["standing"], "rolled back")

    def test_verify_says_that_an_intact_database_is_older_than_anchored(self):
        newest = json.loads(self.server.kmaas("verify", "--json").stdout)
        self.assertEqual(newest["standing"], "newest")
        self.put_back_database("old")
        done = self.server.kmaas("verify", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("all as they were written", done.stdout)
        self.assertIn("older than anchored", done.stdout)
        shown = json.loads(self.server.kmaas("verify", "--json", check=False).stdout)
        self.assertTrue(shown["intact"])
        self.assertLess(shown["head"]["epoch"], shown["token"]["epoch"])
        # The last commit of a server, that of its last seal, is in the token alone.
        self.assertLessEqual(shown["token"]["epoch"] - shown["trail"]["epoch"], 1)
        # Of a copy that is meant to be one it is no failure.
        copy = self.server.kmaas("verify", "--json", "--database", str(next(self.server.data.glob("kmaas.db"))))
        self.assertEqual(json.loads(copy.stdout)["standing"], "rolled back")

    def test_a_database_that_went_on_elsewhere_is_refused(self):
        self.put_back_database("old")
        self.put_back_token("old")
        shutil.move(self.server.data / "audit", self.server.directory / "audit-away")
        self.server.start()
        self.server.boto3().create_key()
        self.server.stop()
        self.put_back_token("new")
        self.assertRegex(self.refused(), "rolled back|forked")

    def test_a_token_without_its_anchor_is_refused(self):
        token = next((self.server.directory / "tokens").iterdir())
        objects = sorted(token.glob("*-*.object"), key=lambda path: path.stat().st_mtime_ns)
        for path in objects[KEYS_OF_CEREMONY:]:
            path.unlink()
        self.assertIn("anchor missing", self.refused())

    def test_two_persons_let_an_older_database_serve(self):
        self.put_back_database("old")
        self.refused()
        consents = [self.consent(who, f"{number}.consent") for number, who in enumerate(self.people)]
        accepted = json.loads(self.accept(*consents, check=True).stdout)
        self.assertEqual(accepted["was"], "rolled back")
        self.server.start()
        self.assertEqual(self.server.boto3().describe_key(KeyId=self.key)["KeyMetadata"]["KeyState"], "Enabled")
        self.server.stop()
        events = [event for event in self.server.audit_events() if event["eventName"] == "AcceptRollback"]
        self.assertEqual(len(events), 1)
        details = events[0]["serviceEventDetails"]
        self.assertEqual([one["principal"].rsplit("/", 1)[1] for one in details["consents"]], ["alice", "bob"])
        self.assertEqual(details["consents"][0]["reason"], "disk failure")
        # What was given up is not taken back later.
        self.put_back_database("new")
        self.assertIn("rolled back", self.refused())

    def test_a_database_older_than_a_trail_that_was_begun_anew_is_accepted_with_it(self):
        shutil.move(self.server.data / "audit", self.server.directory / "audit-away")
        self.server.start()  # a trail begins, with fewer seals than the database remembers
        self.server.stop()
        self.put_back_database("old")
        remembered = len((self.server.directory / "old/data/audit/seals-0000000000000001.jsonl").read_text().splitlines())
        consents = [self.consent(who, f"{number}.consent") for number, who in enumerate(self.people)]
        self.accept(*consents, check=True)
        self.server.start()
        self.server.stop()
        event = next(event for event in self.server.audit_events() if event["eventName"] == "AcceptRollback")
        self.assertEqual(event["serviceEventDetails"]["seals"], {"remembered": remembered, "found": 2})
        self.assertIn("the chain is intact", self.server.kmaas("audit", "verify").stdout)

    def test_a_database_without_any_trail_is_accepted_and_begins_one(self):
        self.put_back_database("old")
        shutil.move(self.server.data / "audit", self.server.directory / "audit-away")
        consents = [self.consent(who, f"{number}.consent") for number, who in enumerate(self.people)]
        self.accept(*consents, check=True)
        self.server.start()
        self.server.stop()
        self.assertIn("begins with AcceptRollback", self.server.kmaas("audit", "verify").stdout)

    def test_a_consent_counts_for_one_person_one_database_and_its_text(self):
        alice, bob = self.people
        early = [self.consent(who, f"early{number}.consent") for number, who in enumerate(self.people)]
        self.put_back_database("old")
        one = self.consent(alice, "alice.consent")
        other = self.consent(bob, "bob.consent")
        self.not_accepted("two persons", one)
        self.not_accepted("two different persons", one, self.consent(alice, "again.consent"))
        self.not_accepted("another", *early)
        self.not_accepted("not allowed", one, self.consent(self.stranger, "carol.consent"))
        self.not_accepted("another secret", one, self.consent(bob, "guess.consent", secret="x" * 40))
        changed = self.server.directory / "changed.consent"
        changed.write_text(other.read_text().replace("disk failure", "disk failures"))
        self.not_accepted("changed", one, changed)
        unknown = self.server.directory / "unknown.consent"
        unknown.write_text(other.read_text().replace(bob["AccessKeyId"], "AKIA" + "A" * 16))
        self.not_accepted("no active access key", one, unknown)

    def test_a_new_database_of_the_same_token_goes_beyond_the_old_one(self):
        shutil.rmtree(self.server.data)
        (self.server.directory / "credentials.json").unlink()
        self.server.run([BUILD / "bin/kmaas", "init", "--config", self.server.config_path, "--keep-token-keys", "--credentials-file",
                         self.server.directory / "credentials.json", "--json"])
        self.server.credentials = json.loads((self.server.directory / "credentials.json").read_text())
        self.server.start()
        self.server.stop()
        self.put_back_database("new")
        self.refused()

    def test_a_person_with_a_device_gives_its_code(self):
        alice, bob = self.people
        self.server.start()
        iam = self.server.boto3("iam")
        device = iam.create_virtual_mfa_device(VirtualMFADeviceName="alice")["VirtualMFADevice"]
        codes = Authenticator(device["Base32StringSeed"].decode())
        iam.enable_mfa_device(UserName="alice", SerialNumber=device["SerialNumber"], AuthenticationCode1=codes.next(),
                              AuthenticationCode2=codes.next())
        self.server.stop()
        shutil.rmtree(self.server.directory / "old")
        self.keep("old")
        self.server.start()
        self.server.boto3().create_key()
        self.server.stop()
        self.put_back_database("old")
        other = self.consent(bob, "bob.consent")
        self.not_accepted("give its code", self.consent(alice, "none.consent"), other)
        self.not_accepted("MFA code", self.consent(alice, "wrong.consent", "--mfa-code", "000000"), other)
        self.accept(self.consent(alice, "alice.consent", "--mfa-code", codes.next()), other, check=True)
        self.server.start()

    def test_nothing_is_accepted_that_needs_no_acceptance(self):
        consents = [self.consent(who, f"{number}.consent") for number, who in enumerate(self.people)]
        done = self.accept(*consents)
        self.assertEqual(done.returncode, 1)
        self.assertIn("nothing to accept", done.stderr)

    def test_nothing_is_accepted_beside_a_running_server(self):
        self.server.start()
        consents = [self.consent(who, f"{number}.consent") for number, who in enumerate(self.people)]
        done = self.accept(*consents)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "process|running|use")


class HalfAccepted(Copies):
    """A program of an operator that fails after the database went beyond what is remembered."""

    def make_server(self):
        return FaultyServer()

    def put_back(self):
        shutil.rmtree(self.server.data)
        shutil.copytree(self.server.directory / "begun-anew" / "data", self.server.data)
        self.put_back_token("begun-anew")

    def serves_or_is_refused_as_before(self):
        try:
            self.server.start()
        except RuntimeError as refused:
            self.assertIn("rolled back", str(refused))
            return False
        self.server.stop()
        return True

    def test_lets_the_server_start_or_refuses_as_before_whichever_call_of_the_token_fails(self):
        # Seals that the older database remembers are gone with their trail.
        shutil.move(self.server.data / "audit", self.server.directory / "audit-away")
        self.server.start()
        self.server.stop()
        self.put_back_database("old")
        self.keep("begun-anew")
        consents = [self.consent(who, f"{number}.consent") for number, who in enumerate(self.people)]
        self.server.plan.begin(REFUSAL, DEVICE_ERROR, function="C_Sign", first=2**60)
        self.accept(*consents, check=True)
        calls = self.server.plan.seen()
        failed_and_served = 0
        for number in range(calls, max(calls - 16, 0), -1):
            self.put_back()
            self.server.plan.begin(REFUSAL, DEVICE_ERROR, function="C_Sign", first=number)
            done = self.accept(*consents)
            self.server.plan.end()
            serves = self.serves_or_is_refused_as_before()
            self.assertTrue(serves or done.returncode != 0)
            failed_and_served += serves and done.returncode != 0
        self.assertGreater(failed_and_served, 0)


if __name__ == "__main__":
    unittest.main()
