"""Reads hostile workbooks, each in a process of its own, and holds the reader to 64 MiB over idle, 2 seconds and the refusal that is due.

    workbooks.py [PROGRAM] [--plant bytes|nodes|text|marks] [--families bombs,texts,hazards,spoilt]

PROGRAM is build/tests/campaigns/workbooks/workbook_tool by default. Exit status 1 and NOT AS PROMISED where one is not as promised;
--plant takes a bound away from the reader, which has to be found.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

from hostile import all_of_them

KIB_MAX = 64 << 10
SECONDS_MAX = 2.0
TOOL = pathlib.Path(__file__).resolve().parents[3] / "build/tests/campaigns/workbooks/workbook_tool"


def problem(done, due):
    """What is wrong with an answer, or nothing; and what it took."""
    if done.returncode not in (0, 1):
        return f"ended with status {done.returncode}: {done.stderr[-200:]}", None
    took = json.loads(done.stderr)
    refused = json.loads(done.stdout).get("refused") if done.returncode else None
    if took["kib"] > KIB_MAX:
        return f"{took['kib']} KiB", took
    if took["seconds"] > SECONDS_MAX:
        return f"{took['seconds']:.2f} s", took
    if due and refused != due:
        return f"{refused or 'read'} instead of {due}", took
    return None, took


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("program", nargs="?", default=str(TOOL))
    asked.add_argument("--plant")
    asked.add_argument("--families", default="bombs,texts,hazards,spoilt")
    asked = asked.parse_args()
    plant = ["--plant", asked.plant] if asked.plant else []
    counts, wrong, most = collections.Counter(), 0, {"kib": 0, "seconds": 0.0}
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "hostile.xlsx"
        for family, name, file, due in all_of_them():
            if family not in asked.families.split(","):
                continue
            path.write_bytes(file)
            done = subprocess.run([asked.program, "read", str(path), *plant], capture_output=True, text=True, check=False, timeout=120)
            found, took = problem(done, due)
            counts[family] += 1
            most = {key: max(most[key], took[key]) for key in most} if took else most
            if found:
                wrong += 1
                print(f"{family}: {name}: {found}: NOT AS PROMISED", flush=True)
                if plant:  # one is enough
                    break
    print(f"{sum(counts.values())} workbooks ({dict(counts)}), {wrong} wrong; at most {most['kib']} KiB over idle and {most['seconds']:.2f} s")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
