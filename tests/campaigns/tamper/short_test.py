"""A short form of the campaign against the store, and that it finds each check that is left out.

    short_test.py PROGRAM
"""

import subprocess
import sys
import unittest

PROGRAM = sys.argv.pop(1)
SHORT = {"--keys": 60, "--open-edits": 2400, "--closed-edits": 140, "--bits": 1, "--wal-bits": 1, "--rollbacks": 20, "--pairs-of": 40}


def run(**only):
    options = only or SHORT
    arguments = [str(part) for name in SHORT for part in (name, options.get(name, 0 if only and name != "--keys" else SHORT[name]))]
    if "plant" in options:
        arguments += ["--plant", options["plant"]]
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=240)


class Tamper(unittest.TestCase):
    def test_no_answer_is_wrong_and_no_edit_unnoticed(self):
        done = run()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("0 wrong", done.stdout.splitlines()[-1])
        self.assertEqual(len(done.stdout.splitlines()), 8)

    def expect_found(self, plant, **only):
        done = run(plant=plant, **{f"--{name.replace('_', '-')}": number for name, number in only.items()})
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("NOT AS PROMISED", done.stdout)

    def test_finds_that_no_mac_is_checked(self):
        self.expect_found("mac", open_edits=100)

    def test_finds_that_no_sum_is_checked(self):
        self.expect_found("sum", open_edits=100)

    def test_finds_that_no_mac_is_checked_when_blobs_are_moved(self):
        self.expect_found("mac", pairs_of=20)

    def test_finds_that_no_mac_is_checked_when_a_wal_is_edited(self):
        self.expect_found("mac", wal_bits=2)

    def test_finds_that_no_head_is_checked(self):
        self.expect_found("head", closed_edits=40)

    def test_finds_that_no_anchor_is_asked_when_a_wal_is_cut(self):
        self.expect_found("anchor", wal_bits=1)

    def test_finds_that_no_anchor_is_asked(self):
        self.expect_found("anchor", rollbacks=5)


if __name__ == "__main__":
    unittest.main()
