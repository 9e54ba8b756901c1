"""Rebuilds an audit trail from what a SIEM received, so that it can be checked as if it had never left: the work of an auditor who trusts the SIEM alone.

    siem_auditor.py RECEIVED DIRECTORY      RECEIVED: events in the format cloudtrail, one a line, in any order, duplicates among them

Writes records and seals below DIRECTORY as docs/audit.md has them; `independent_auditor.py DIRECTORY KEY` or `kmaas audit verify` tells whether they are whole.
Knows docs/siem.md and docs/audit.md only.
"""

import json
import pathlib
import sys


def bytes_of(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def take_apart(lines):
    """({number: line of the record}, {number: line of the seal})."""
    records, seals = {}, {}
    for line in lines:
        event = json.loads(line)
        if event["eventName"] == "AuditSeal":
            details = event["serviceEventDetails"]
            seals[details["seal"]["number"]] = bytes_of(details)
        elif "seq" in event["kmaas"]:
            place = event["kmaas"]
            # The record stands before its place in the chain, byte for byte, unless it says that it was cut.
            record = line[:line.rindex(',"kmaas":{')] + "}"
            records[place["seq"]] = f'{{"seq":{place["seq"]},"prev":"{place["prev"]}","hash":"{place["hash"]}","event":{record}}}'
    return records, seals


def rebuild(lines, directory):
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    for prefix, found in zip(("audit", "seals"), take_apart(lines)):
        if found:
            (directory / f"{prefix}-{min(found):016}.jsonl").write_text("".join(f"{found[number]}\n" for number in sorted(found)))


if __name__ == "__main__":
    rebuild(pathlib.Path(sys.argv[1]).read_text().splitlines(), sys.argv[2])
