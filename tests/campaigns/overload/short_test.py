"""A short form of the campaign against overload, and that it finds each planted bug. Nothing is expected of times."""

import pathlib
import subprocess
import sys
import unittest

CAMPAIGN = pathlib.Path(__file__).resolve().parent / "overload.py"
SHORT = ["--seconds", "2", "--no-times", "--connections", "64", "--slow", "200", "--slow-seconds", "18", "--rate", "50", "--attackers", "1"]


def run(*arguments):
    return subprocess.run([sys.executable, str(CAMPAIGN), *arguments, *SHORT], capture_output=True, text=True, timeout=280)


class Overload(unittest.TestCase):
    def expect_found(self, plant, *arguments):
        done = run(*arguments, "--plant", plant)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("NOT AS PROMISED", done.stdout)

    def test_holds_floods_tenants_strangers_and_slow_clients_back(self):
        done = run("floods", "slow", "tenant", "strangers")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_finds_a_server_that_loses_goodput(self):
        self.expect_found("freeze", "overload")

    def test_finds_a_server_that_keeps_memory(self):
        self.expect_found("leak", "floods", "--kinds", "ping")

    def test_finds_a_server_that_lets_slow_clients_stay(self):
        self.expect_found("patient", "slow")

    def test_finds_a_server_without_quotas(self):
        self.expect_found("unbounded", "tenant")
        self.expect_found("unbounded", "strangers")


if __name__ == "__main__":
    unittest.main(verbosity=2)
