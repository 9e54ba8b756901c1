"""A short form of the campaign against rotations of roots, and that it finds roots that went too early."""

import pathlib
import subprocess
import sys
import unittest

CAMPAIGN = pathlib.Path(__file__).with_name("root_rotation.py")


def run(*arguments):
    return subprocess.run([sys.executable, str(CAMPAIGN), *map(str, arguments)], capture_output=True, text=True, timeout=570)


class RootRotation(unittest.TestCase):
    def test_kills_make_no_key_unusable_and_old_roots_end(self):
        done = run("--keys", 60, "--kills", 3)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(" 0 unusable", done.stdout)

    def test_finds_roots_that_went_too_early(self):
        done = run("--keys", 400, "--kills", 1, "--plant", "roots-gone")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("NOT AS PROMISED", done.stdout)


if __name__ == "__main__":
    unittest.main()
