"""A short form of the soak, and that it finds each planted leak."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

CAMPAIGN = pathlib.Path(__file__).resolve().parent / "soak.py"


class Soak(unittest.TestCase):
    def run_with(self, *arguments):
        with tempfile.TemporaryDirectory() as directory:
            return subprocess.run([sys.executable, str(CAMPAIGN), "--seconds", "30", "--warm-up", "5", "--capacity-seconds", "3", "--share", "0.3",
                                   "--heap-growth-max", "3",
                                   "--samples", f"{directory}/samples.jsonl", *arguments], capture_output=True, text=True, timeout=240)

    def test_calls_are_answered_and_descriptors_and_threads_stay(self):
        done = self.run_with()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_finds_what_leaks(self):
        done = self.run_with("--plant", "all")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        for what in ("heap", "descriptors", "threads"):
            self.assertIn(f"NOT AS PROMISED: {what} grew", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
