"""A server that waits for the shares of its PIN, and the people who give them."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import unittest
import urllib.error
import urllib.request

from server import BUILD, Server, until
from terminal import at_terminal


class Custodians(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.__exit__)
        self.server.__enter__()
        self.server.stop()
        self.shares = self.server.directory / "shares"
        self.server.run([BUILD / "bin/kmaas", "custodians", "split", "--shares", 5, "--threshold", 3, "--pin-file", self.server.directory / "user.pin",
                         "--directory", self.shares])
        config = json.loads(self.server.config_path.read_text())
        del config["hsm"]["pin_file"]
        config["hsm"]["pin_from"] = "custodians"
        self.server.config_path.write_text(json.dumps(config))

    def begin(self):
        with open(self.server.log_path, "ab") as log:
            self.server.process = subprocess.Popen([str(BUILD / "bin/kmaasd"), "--config", str(self.server.config_path)],
                                                   env=self.server.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.assertTrue(until(lambda: self.readiness() == (503, "waiting for custodians\n")), self.server.log_path.read_text()[-2000:])

    def readiness(self):
        try:
            with urllib.request.urlopen(self.server.url + "/readyz", context=self.server.tls(), timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()
        except OSError as failure:
            return 0, str(failure)

    def give(self, number, check=True):
        return self.server.kmaas("custodians", "give", "--share-file", self.shares / f"share-{number}", check=check)

    def test_any_three_of_five_let_it_serve(self):
        self.begin()
        self.assertIn("given 0 of ?", self.server.kmaas("custodians", "status").stdout)
        self.assertIn("given 1 of 3", self.give(4).stdout)
        self.assertIn("given 2 of 3", self.give(1).stdout)
        self.assertIn("complete", self.give(5).stdout)
        self.server.wait_until_ready()
        self.server.boto3().create_key()
        self.assertFalse((self.server.data / "custodians.sock").exists())
        self.assertEqual(self.server.refused_calls(), [])

    def test_the_same_share_and_a_mistyped_one_are_refused_and_nothing_is_forgotten(self):
        self.begin()
        self.give(1)
        self.assertIn("already", self.give(1, check=False).stderr)
        mistyped = (self.shares / "share-2").read_text()
        (self.shares / "share-2").write_text(mistyped[:-2] + ("AA" if mistyped[-2:] != "AA" else "BB"))
        self.assertIn("typing error", self.give(2, check=False).stderr)
        self.assertIn("given 1 of 3", self.server.kmaas("custodians", "status").stdout)

    def test_another_server_does_not_take_the_socket(self):
        self.begin()
        self.give(1)
        second = self.server.run([BUILD / "bin/kmaasd", "--config", self.server.config_path], check=False)
        self.assertEqual(second.returncode, 1)
        self.assertIn("another kmaasd waits for custodians", second.stderr)
        self.assertIn("given 1 of 3", self.server.kmaas("custodians", "status").stdout)

    def test_a_socket_that_was_left_behind_is_replaced(self):
        self.begin()
        self.server.kill()
        self.assertTrue((self.server.data / "custodians.sock").exists())
        self.begin()

    def test_shares_of_another_split_are_refused(self):
        other = self.server.directory / "other"
        self.server.run([BUILD / "bin/kmaas", "custodians", "split", "--shares", 3, "--threshold", 3, "--pin-file", self.server.directory / "user.pin",
                         "--directory", other])
        self.begin()
        self.give(1)
        shutil.copy2(other / "share-2", self.shares / "share-2")
        self.assertIn("another split", self.give(2, check=False).stderr)

    def test_ends_when_it_is_told_to_while_it_waits(self):
        self.begin()
        self.give(1)
        self.assertEqual(self.server.stop(), 0)
        self.assertFalse((self.server.data / "custodians.sock").exists())

    def test_the_socket_is_for_root_and_the_server_alone(self):
        self.begin()
        path = self.server.data / "custodians.sock"
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        if os.geteuid() != 0:
            self.skipTest("only root can ask as somebody else")
        # With the directories opened on purpose: the server itself looks who asks.
        for place in (self.server.directory, self.server.data, path):
            place.chmod(0o777)
        script = ("import os,socket,sys;os.setuid(65534);s=socket.socket(socket.AF_UNIX);s.connect(sys.argv[1])\n"
                  "try: s.sendall(b'status\\n')\n"
                  "except BrokenPipeError: pass  # it has been refused already\n"
                  "print(s.recv(200).decode())")
        done = subprocess.run(["/usr/bin/python3", "-c", script, str(path)], capture_output=True, text=True, timeout=30)
        self.assertIn("refused: only root", done.stdout, done.stderr)

    def test_whoever_says_nothing_or_nonsense_stops_nobody(self):
        self.begin()
        silent = socket.socket(socket.AF_UNIX)
        silent.connect(str(self.server.data / "custodians.sock"))
        for nonsense in (b"\n", b"x" * 5000, b"give \n", b"give KMAAS-AAAAA\n", b"\0\xff\n"):
            with socket.socket(socket.AF_UNIX) as caller:
                caller.connect(str(self.server.data / "custodians.sock"))
                try:
                    caller.sendall(nonsense)
                except OSError:
                    pass  # it has hung up already
        self.assertIn("given 1 of 3", self.give(3).stdout)
        silent.close()

    def test_a_pin_is_never_in_log_or_shares_file_names(self):
        self.begin()
        for number in (1, 2, 3):
            self.give(number)
        self.server.wait_until_ready()
        log = self.server.log_path.read_text()
        self.assertNotIn(self.server.user_pin, log)
        for number in (1, 2, 3):
            self.assertNotIn((self.shares / f"share-{number}").read_text().strip()[20:40], log)

    def test_the_pin_comes_back_into_a_file(self):
        out = self.server.directory / "again.pin"
        arguments = [part for number in (2, 3, 5) for part in ("--share-file", self.shares / f"share-{number}")]
        self.server.run([BUILD / "bin/kmaas", "custodians", "combine", "--out", out, *arguments])
        self.assertEqual(out.read_text(), self.server.user_pin)
        self.assertEqual(out.stat().st_mode & 0o777, 0o600)
        few = self.server.run([BUILD / "bin/kmaas", "custodians", "combine", "--out", self.server.directory / "few.pin", *arguments[:4]], check=False)
        self.assertEqual(few.returncode, 1)
        self.assertFalse((self.server.directory / "few.pin").exists())

    def test_a_command_asks_for_shares_at_the_terminal(self):
        texts = iter(pathlib.Path(self.shares / f"share-{number}").read_text() for number in (1, 2, 3))
        status, shown = at_terminal([str(BUILD / "bin/kmaas"), "verify", "--config", str(self.server.config_path)], self.server.environment,
                                    "of the user PIN:", lambda: next(texts), times=3)
        self.assertEqual(status, 0, shown)
        self.assertIn("Share 2 of 3", shown)
        self.assertIn("all as they were written", shown)

    def test_shares_are_shown_at_a_terminal_only(self):
        done = self.server.run([BUILD / "bin/kmaas", "custodians", "split", "--shares", 2, "--threshold", 2, "--pin-file",
                                self.server.directory / "user.pin"], check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("--directory", done.stderr)
        self.assertNotIn("KMAAS-", done.stdout)


if __name__ == "__main__":
    unittest.main()
