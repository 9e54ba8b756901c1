"""A short form of the campaign with a failing HSM, and that it finds an engine that takes the token at its word or logs in twice.

    short_test.py PROGRAM SHIM PAGE
"""

import subprocess
import sys
import unittest

PAGE, SHIM, PROGRAM = sys.argv.pop(), sys.argv.pop(), sys.argv.pop()


def run(*options):
    return subprocess.run([PROGRAM, "--shim", SHIM, "--table", PAGE, *map(str, options)], capture_output=True, text=True, timeout=240)


class HsmFaults(unittest.TestCase):
    def test_cells_are_as_the_page_says_and_no_answer_is_wrong(self):
        done = run("--every", 29, "--flips", 300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(" 0 not as specified", done.stdout)
        self.assertIn(" 0 wrong", done.stdout)

    def expect_found(self, *options):
        done = run("--crashes", 0, *options)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)

    def test_finds_that_macs_are_not_verified(self):
        self.expect_found("--plant", "unverified-mac", "--every", 1000, "--first", 999, "--flips", 200)

    def test_finds_that_signatures_are_not_verified(self):
        self.expect_found("--plant", "unverified-signature", "--every", 1000, "--first", 999, "--flips", 200)

    def test_finds_a_second_login(self):
        self.expect_found("--plant", "second-login", "--function", "C_Login", "--flips", 0)


if __name__ == "__main__":
    unittest.main()
