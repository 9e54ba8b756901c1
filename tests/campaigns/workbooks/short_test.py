"""The hostile workbooks, and that a bound that is taken away is found.

    short_test.py PROGRAM
"""

import pathlib
import re
import subprocess
import sys
import unittest

PROGRAM = sys.argv.pop(1)
CAMPAIGN = pathlib.Path(__file__).resolve().parent / "workbooks.py"


def run(*arguments):
    return subprocess.run([sys.executable, str(CAMPAIGN), PROGRAM, *arguments], capture_output=True, text=True, check=False, timeout=800)


class Workbooks(unittest.TestCase):
    def expect_found(self, plant, families):
        done = run("--plant", plant, "--families", families)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("NOT AS PROMISED", done.stdout)

    def test_reads_no_hostile_workbook_beyond_its_bounds(self):
        done = run()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertGreaterEqual(int(re.match(r"(\d+) workbooks", done.stdout.splitlines()[-1])[1]), 300)

    def test_finds_that_bytes_are_not_counted(self):
        self.expect_found("bytes", "bombs")

    def test_finds_that_elements_are_not_counted(self):
        self.expect_found("nodes", "bombs")

    def test_finds_that_texts_are_not_counted(self):
        self.expect_found("text", "texts")

    def test_finds_that_marks_are_not_counted(self):
        self.expect_found("marks", "texts")


if __name__ == "__main__":
    unittest.main()
