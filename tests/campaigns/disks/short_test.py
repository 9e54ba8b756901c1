"""A short form of the campaign on disks that fail, and that it finds each bug that is planted.

    short_test.py PROGRAM
"""

import subprocess
import sys
import unittest

PROGRAM = sys.argv.pop(1)
POWER = ("power", "--images", "150", "--operations", "80")
CALLS = ("--operations", "41", "--step", "37")


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=500)


class Disks(unittest.TestCase):
    def expect_good(self, *arguments):
        done = run(*arguments)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("nothing lost", done.stdout)

    def expect_found(self, plant, *arguments):
        done = run(*arguments, "--plant", plant)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("NOT AS PROMISED", done.stdout)

    def test_loses_nothing_when_the_power_fails(self):
        self.expect_good(*POWER)

    def test_loses_nothing_when_a_call_fails(self):
        for fault in ("broken", "full", "short", "interrupted", "stays-broken", "stays-full"):
            with self.subTest(fault):
                self.expect_good(fault, *CALLS)

    def test_finds_that_flushes_reach_no_disk(self):
        self.expect_found("lost-flush", *POWER)

    def test_finds_that_flushes_of_the_trail_reach_no_disk(self):
        self.expect_found("lost-trail-flush", *POWER)

    def test_finds_that_commits_are_acknowledged_before_they_are_flushed(self):
        self.expect_found("early-answer", *POWER)

    def test_finds_that_records_leave_the_outbox_before_they_are_flushed(self):
        self.expect_found("early-sweep", *POWER)

    def test_finds_that_failed_commits_are_called_done(self):
        self.expect_found("deaf", "full", "--operations", "41", "--step", "61")

    def test_finds_that_failed_writes_of_the_trail_are_called_done(self):
        self.expect_found("deaf-trail", "full", "--operations", "41", "--step", "23")


if __name__ == "__main__":
    unittest.main()
