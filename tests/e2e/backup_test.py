"""Backups beside the running server, looks at them with and without the token, and nodes made of them."""

import json
import os
import resource
import shutil
import signal
import subprocess
import unittest

from backup_node import Node, refused_consents, restore, two_consents
from people import make_acceptors
from server import BUILD, Server


class Backups(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.__exit__)
        self.server.__enter__()
        self.kms = self.server.boto3()
        self.key = self.kms.create_key()["KeyMetadata"]["KeyId"]
        self.secret = self.kms.encrypt(KeyId=self.key, Plaintext=b"before the backup")["CiphertextBlob"]
        self.file = self.server.directory / "node.backup"

    def backup(self, check=True):
        return self.server.kmaas("backup", self.file, "--json", check=check)

    def public_key(self):
        path = self.server.directory / "audit-key.pem"
        path.write_text(self.server.kmaas("audit", "public-key").stdout)
        return path

    def verify(self, *arguments, check=True):
        command = [str(BUILD / "bin/kmaas"), "backup", "verify", str(self.file), "--json", *map(str, arguments)]
        done = subprocess.run(command, env={"PATH": os.environ["PATH"]} if "--with-token" not in arguments else self.server.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        if check:
            self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def test_says_what_is_in_it_and_is_for_its_owner_alone(self):
        said = json.loads(self.backup().stdout)
        self.assertEqual(said["keys"], 1)
        self.assertEqual(said["bytes"], self.file.stat().st_size)
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o600)
        self.assertEqual(list(self.server.directory.glob("node.backup?*")), [])

    def test_is_checked_without_token_and_configuration(self):
        self.backup()
        key = self.public_key()
        self.assertEqual(json.loads(self.verify().stdout)["signature"], "by the key in the file")
        self.assertEqual(json.loads(self.verify("--public-key", key).stdout)["signature"], "by a given key")

    def test_is_opened_with_the_token(self):
        self.backup()
        said = json.loads(self.verify("--with-token", "--config", self.server.config_path).stdout)
        self.assertTrue(said["contents_checked"])
        self.assertTrue(said["intact"])
        self.assertEqual(said["findings"], [])

    def test_is_refused_when_it_was_cut_or_changed(self):
        self.backup()
        whole = self.file.read_bytes()
        for changed, expected in ((whole[:-1], "cut off"), (whole + b"x", "behind its end"), (b"x" + whole[1:], "no backup"),
                                  (whole[:700] + bytes([whole[700] ^ 1]) + whole[701:], "changed")):
            self.file.write_bytes(changed)
            done = self.verify(check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(expected, done.stderr)

    def test_replaces_no_file(self):
        self.file.write_text("precious")
        done = self.backup(check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("exists already", done.stderr)
        self.assertEqual(self.file.read_text(), "precious")

    def test_is_not_made_where_it_finds_no_room(self):
        full = self.server.directory / "none" / "node.backup"
        done = self.server.kmaas("backup", full, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("none", done.stderr)
        self.assertFalse(full.exists())

    def test_leaves_nothing_when_its_disk_is_full_wherever_that_is(self):
        self.backup()
        whole = self.file.stat().st_size
        self.file.unlink()
        step = whole // 12
        for limit in range(step, whole, step):  # a token of SoftHSM is smaller files
            def shrink(size=limit):
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            done = self.server.run([BUILD / "bin/kmaas", "backup", self.file, "--config", self.server.config_path], check=False, preexec_fn=shrink)
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertEqual(list(self.server.directory.glob("node.backup*")), [], limit)
        self.backup()

    def test_makes_a_node_of_a_copy_of_the_token(self):
        with Node(self.server, keep_token=True) as node:  # the token as it was before the backup
            self.backup()
            said = restore(node, self.file)
            self.assertEqual(said["standing"], "newest")
            self.assertTrue(said["may_serve"])
            self.assertGreater(said["lost_seals"], 0)
            node.start()
            plain = node.boto3().decrypt(CiphertextBlob=self.secret)["Plaintext"]
            self.assertEqual(plain, b"before the backup")
            node.stop()
            self.trail_says_where_it_comes_from(node)

    def trail_says_where_it_comes_from(self, node):
        done = node.kmaas("audit", "verify", "--public-key", self.public_key())
        self.assertIn("the chain is intact", done.stdout)
        self.assertIn("begins with RestoreBackup", done.stdout)
        first = node.audit_records()[0]
        self.assertEqual(first["eventName"], "RestoreBackup")
        self.assertEqual(first["serviceEventDetails"]["backup"], json.loads(self.verify().stdout)["backup"])
        self.assertFalse([event for event in node.audit_records() if event["eventName"] == "LoseAuditTrail"])

    def test_is_refused_by_a_copy_of_the_token_without_the_roots_that_it_needs(self):
        with Node(self.server, keep_token=True) as node:
            self.server.kmaas("root", "add", "--so-pin-file", self.server.directory / "so.pin")
            self.server.kmaas("root", "rotate", "--wait")
            self.backup()
            done = node.kmaas("restore", self.file, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("no generation 2 of the roots", done.stderr)
            self.assertEqual(sorted(path.name for path in node.data.iterdir()), ["tls"])
            looked = node.run([BUILD / "bin/kmaas", "backup", "verify", self.file, "--with-token", "--config", node.config_path], check=False)
            self.assertEqual(looked.returncode, 1)
            self.assertIn("no generation 2 of the roots", looked.stderr)
        self.assertEqual(json.loads(self.verify("--with-token", "--config", self.server.config_path).stdout)["lacking_roots"], "")

    def test_replaces_what_a_restore_left_that_was_killed(self):
        self.backup()
        with Node(self.server, keep_token=True) as node:
            restore(node, self.file)
            for path in [*node.data.glob("kmaas.db*"), node.data / "grpc-principals.yaml"]:
                path.unlink()  # all but the trail: its database never got its name
            (node.data / "kmaas.db.restoring").write_bytes(b"half")
            shutil.move(node.data / "audit", node.directory / "audit-of-the-first-try")
            restore(node, self.file)
            node.start()
            self.assertEqual(node.boto3().decrypt(CiphertextBlob=self.secret)["Plaintext"], b"before the backup")

    def test_takes_two_persons_when_work_went_on_after_it(self):
        self.two_persons(cloned=False)

    def test_takes_two_persons_with_a_clone_that_has_another_serial_number(self):
        self.two_persons(cloned=True)

    def two_persons(self, cloned):
        people = make_acceptors(self.server)
        self.backup()
        # One commit, which is less than a restore might make: it must not overtake what the token remembers.
        self.kms.disable_key(KeyId=self.key)
        self.server.kill()
        with Node(self.server, keep_token=True) as node:
            if cloned:
                node.give_token_another_serial()
            said = restore(node, self.file)
            # What a token remembers is bound to its serial number: a clone remembers nothing.
            self.assertIn(said["standing"], ("anchor missing",) if cloned else ("rolled back", "forked"))
            self.assertFalse(said["may_serve"])
            self.assertEqual(said["cloned_token"], cloned)
            self.assertFalse(json.loads(node.kmaas("restore", "--json", check=False).stdout)["may_serve"])
            refused_consents(self, node, people[:1])
            two_consents(node, people)
            node.start()
            self.assertEqual(node.boto3().decrypt(CiphertextBlob=self.secret)["Plaintext"], b"before the backup")
            node.stop()
            names = [event["eventName"] for event in node.audit_events()]
            self.assertEqual(names[:2], ["RestoreBackup", "AcceptRollback"])
            self.assertIn("the chain is intact", node.kmaas("audit", "verify").stdout)

    def test_goes_on_with_a_trail_that_is_there(self):
        self.backup()
        self.server.stop()
        for path in self.server.data.glob("kmaas.db*"):
            path.unlink()
        (self.server.data / "grpc-principals.yaml").unlink()
        done = self.server.kmaas("restore", self.file, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("--keep-trail", done.stderr)
        said = json.loads(self.server.kmaas("restore", self.file, "--keep-trail", "--json").stdout)
        self.assertEqual(said["standing"], "rolled back")  # the stopping server committed once more
        self.assertEqual(self.server.audit_events()[-1]["eventName"], "RestoreBackup")
        self.assertIn("the chain is intact", self.server.kmaas("audit", "verify").stdout)

    def test_replaces_nothing_that_is_there(self):
        self.backup()
        done = self.server.kmaas("restore", self.file, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("replaces nothing", done.stderr)
        self.assertIn("kmaas.db", done.stderr)

    def test_is_not_opened_by_another_token(self):
        self.backup()
        with Server() as other:
            other.stop()
            shutil.rmtree(other.data / "audit")
            for path in [*other.data.glob("kmaas.db*"), other.data / "grpc-principals.yaml"]:
                path.unlink()
            done = other.kmaas("restore", self.file, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("only that token, or a clone of it", done.stderr)
            self.assertEqual(sorted(path.name for path in other.data.iterdir()), ["tls"])

    def test_gives_the_configuration_back(self):
        self.backup()
        with Node(self.server, keep_token=True) as node:
            out = node.directory / "old.yaml"
            restore(node, self.file, "--configuration", out)
            self.assertEqual(out.read_text(), self.server.config_path.read_text())


if __name__ == "__main__":
    unittest.main()
