"""A short form of the backup drills, and that they find each thing that is left out."""

import pathlib
import subprocess
import sys
import unittest

PROGRAM = pathlib.Path(__file__).parent / "backup_drills.py"


def run(*arguments):
    return subprocess.run([sys.executable, str(PROGRAM), *map(str, arguments)], capture_output=True, text=True, timeout=500)


class Drills(unittest.TestCase):
    def test_every_key_is_usable_and_nothing_is_lost(self):
        done = run("--drills", 2)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("0 lost, 0 unusable", done.stdout.splitlines()[-1])

    def expect_found(self, plant):
        done = run("--drills", 1, "--plant", plant)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("NOT AS PROMISED", done.stdout)

    def test_finds_a_backup_that_copies_without_the_wal(self):
        self.expect_found("without-wal")

    def test_finds_a_backup_of_before(self):
        self.expect_found("older")


if __name__ == "__main__":
    unittest.main()
