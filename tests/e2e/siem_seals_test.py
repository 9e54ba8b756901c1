"""Goal: a SIEM holds what proves the trail. From what it received the whole trail is rebuilt and verified by the token's public key; and a trail that lost its
newest records together with their seals, which is whole by itself, is found out by the seals that the SIEM has.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import unittest

import independent_auditor
import siem_auditor
from cryptography.hazmat.primitives import serialization
from server import Server, until
from siem_delivery_test import destination, make_calls


class SealsInTheSiem(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server({"audit": {"seal_interval_seconds": 1, "seal_records_max": 20}})
        cls.addClassCleanup(cls.server.__exit__)
        cls.received = cls.server.directory / "received.jsonl"
        cls.denied = cls.server.directory / "denied.jsonl"
        cls.server.overrides["siem"] = [destination("soc", transport="file", file=str(cls.received)),
                                        destination("denied", transport="file", file=str(cls.denied), events="denied")]
        cls.server.__enter__()
        for _ in range(3):
            make_calls(cls.server, 15)
            count = len(cls.seals())
            assert until(lambda wanted=count + 2: len(cls.seals()) >= wanted)
        cls.key_file = cls.server.directory / "audit-key.pem"
        cls.key_file.write_text(cls.server.kmaas("audit", "public-key").stdout)
        cls.key = serialization.load_pem_public_key(cls.key_file.read_bytes())
        cls.server.stop()
        cls.server.start()  # which sends the seal of the stop, if it was not sent
        assert until(lambda: cls.at_siem() >= cls.newest_seal())
        cls.server.stop()
        cls.trail = cls.server.data / "audit"

    @classmethod
    def seals(cls):
        return [json.loads(line)["seal"] for path in sorted((cls.server.data / "audit").glob("seals-*.jsonl")) for line in path.read_text().splitlines()]

    @classmethod
    def newest_seal(cls):
        return cls.seals()[-1]["number"]

    @classmethod
    def at_siem(cls):
        return max(siem_auditor.take_apart(cls.lines())[1], default=0)

    @classmethod
    def lines(cls):
        return cls.received.read_text().splitlines()

    def rebuilt(self, name, lines):
        directory = self.server.directory / name
        siem_auditor.rebuild(lines, directory)
        return directory

    def test_the_trail_is_rebuilt_from_it_and_verified(self):
        directory = self.rebuilt("rebuilt", self.lines())
        self.assertEqual([], independent_auditor.verify(directory, self.key))
        verified = self.server.kmaas("audit", "verify", "--directory", directory, "--public-key", self.key_file, "--json", check=False)
        report = json.loads(verified.stdout)
        self.assertEqual((0, [], True), (verified.returncode, report["findings"], report["signatures_checked"]))
        records, seals = siem_auditor.take_apart(self.lines())
        print(f"{len(records)} records and {len(seals)} seals from the SIEM alone")
        own = b"".join(path.read_bytes() for path in sorted(self.trail.glob("audit-*.jsonl"))).decode().splitlines()
        self.assertEqual(own[:len(records)], [records[number] for number in sorted(records)])

    def test_seals_stand_behind_the_records_that_they_cover(self):
        highest = 0
        for line in self.lines():
            event = json.loads(line)
            highest = max(highest, event["kmaas"].get("seq", 0))
            if event["eventName"] == "AuditSeal":
                self.assertLessEqual(event["serviceEventDetails"]["seal"]["last"], highest)

    def test_a_destination_with_a_filter_gets_every_seal(self):
        self.assertTrue(self.denied.exists())
        seals = siem_auditor.take_apart(self.denied.read_text().splitlines())[1]
        self.assertEqual(sorted(seals), list(range(1, max(seals) + 1)))
        self.assertGreaterEqual(len(seals), 6)

    def cut(self):
        """The trail without its newest records, and without the seals that cover them: whole by itself."""
        directory = self.server.directory / "cut"
        shutil.copytree(self.trail, directory, dirs_exist_ok=True)
        seal_file = next(directory.glob("seals-*.jsonl"))
        lines = seal_file.read_text().splitlines(keepends=True)
        kept = lines[:len(lines) // 2]
        last = json.loads(kept[-1])["seal"]["last"]
        seal_file.write_text("".join(kept))
        for path in directory.glob("audit-*.jsonl"):
            path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if json.loads(line)["seq"] <= last))
        return directory, last

    def test_a_trail_that_lost_its_end_with_its_seals_is_found_out(self):
        directory, last = self.cut()
        self.assertEqual([], independent_auditor.verify(directory, self.key), "the cut shows without the SIEM: this test proves nothing")
        for path in directory.glob("seals-*.jsonl"):
            path.unlink()
        seals = siem_auditor.take_apart(self.lines())[1]
        (directory / "seals-0000000000000001.jsonl").write_text("".join(f"{seals[number]}\n" for number in sorted(seals)))
        found = independent_auditor.verify(directory, self.key)
        self.assertIn("is missing", "\n".join(found))
        verified = self.server.kmaas("audit", "verify", "--directory", directory, "--public-key", self.key_file, "--json", check=False)
        self.assertEqual(1, verified.returncode)
        self.assertIn("cut-off", verified.stdout)
        print(f"cut after record {last}: {len(found)} findings")

    def test_edits_of_what_the_siem_holds_are_found(self):
        spoils = {"a record": ('"eventName":"Encrypt"', '"eventName":"Decrypt"'), "a seal": ('"kind":"regular"', '"kind":"start"')}
        for name, (right, wrong) in spoils.items():
            lines = self.lines()
            at = next(i for i, line in enumerate(lines) if right in line)
            lines[at] = lines[at].replace(right, wrong, 1)
            with self.subTest(name):
                self.assertNotEqual([], independent_auditor.verify(self.rebuilt(f"edited {name}", lines), self.key))

    def test_the_command_line_does_the_same(self):
        directory = pathlib.Path(self.server.directory) / "by hand"
        subprocess.run([sys.executable, siem_auditor.__file__, self.received, directory], check=True, timeout=60)
        audited = subprocess.run([sys.executable, independent_auditor.__file__, directory, self.key_file], capture_output=True, text=True, timeout=60)
        self.assertEqual((0, "as it was written\n"), (audited.returncode, audited.stdout))


if __name__ == "__main__":
    unittest.main(verbosity=2)
