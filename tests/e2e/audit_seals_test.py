"""Goal: the trail of a real server is sealed by its token, is verified by kmaas and without it, and a server refuses one that was cut or rewritten.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from cryptography.hazmat.primitives import serialization

import independent_auditor
from server import Server, until


def one_encrypt_becomes_a_decrypt(lines):
    """The first of them: where it stands depends on what the service records in between."""
    at = next(number for number, line in enumerate(lines) if b'"eventName":"Encrypt"' in line)
    return lines[:at] + [lines[at].replace(b"Encrypt", b"Decrypt", 1)] + lines[at + 1:]


class AuditSeals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server({"audit": {"seal_interval_seconds": 1, "seal_records_max": 20}}).__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.trail = cls.server.data / "audit"
        kms = cls.server.boto3()
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        for number in range(50):
            kms.encrypt(KeyId=key, Plaintext=str(number).encode())
        cls.key_file = cls.server.directory / "audit-key.pem"
        cls.key_file.write_text(cls.server.kmaas("audit", "public-key").stdout)
        if not until(lambda: len(cls.seals()) > 3):
            raise RuntimeError("no seals")
        cls.server.stop()

    @classmethod
    def seals(cls):
        return [json.loads(line)["seal"] for path in sorted(cls.trail.glob("seals-*.jsonl")) for line in path.read_text().splitlines()]

    def verify(self, directory):
        result = self.server.kmaas("audit", "verify", "--directory", directory, "--public-key", self.key_file, "--json", check=False)
        return result.returncode, json.loads(result.stdout)

    def copy(self):
        directory = pathlib.Path(tempfile.mkdtemp(dir=self.server.directory)) / "audit"
        shutil.copytree(self.trail, directory)
        return directory

    def test_seals_from_the_start_to_the_stop(self):
        seals = self.seals()
        self.assertEqual([seals[0]["kind"], seals[-1]["kind"]], ["start", "stop"])
        self.assertEqual(seals[0]["count"], 0)
        self.assertEqual(sum(seal["count"] for seal in seals), seals[-1]["last"])
        self.assertGreater(seals[-1]["last"], 50)

    def test_is_verified_by_kmaas_and_without_it(self):
        status, report = self.verify(self.trail)
        self.assertEqual((status, report["findings"], report["signatures_checked"]), (0, [], True))
        self.assertEqual(report["sealed_through"], report["last_sequence"])
        auditor = subprocess.run([sys.executable, independent_auditor.__file__, self.trail, self.key_file], capture_output=True, text=True, timeout=60)
        self.assertEqual((auditor.returncode, auditor.stdout), (0, "as it was written\n"))

    def test_both_find_every_kind_of_edit(self):
        key = serialization.load_pem_public_key(self.key_file.read_bytes())
        record, seal = "audit-0000000000000001.jsonl", "seals-0000000000000001.jsonl"
        edits = {"changed": (record, one_encrypt_becomes_a_decrypt),
                 "dropped": (record, lambda lines: lines[:7] + lines[8:]), "cut off": (record, lambda lines: lines[:-1]),
                 "seal changed": (seal, lambda lines: [lines[0].replace(b'"last":0', b'"last":1').replace(b'"count":0', b'"count":1')] + lines[1:]),
                 "seal dropped": (seal, lambda lines: lines[:1] + lines[2:])}
        for name, (file, edit) in edits.items():
            with self.subTest(name):
                directory = self.copy()
                lines = (directory / file).read_bytes().splitlines(keepends=True)
                (directory / file).write_bytes(b"".join(edit(lines)))
                status, report = self.verify(directory)
                self.assertEqual(status, 1)
                self.assertNotEqual(report["findings"], [])
                self.assertNotEqual(independent_auditor.verify(directory, key), [])

    def test_says_that_nobody_checked_signatures_without_a_key(self):
        result = self.server.kmaas("audit", "verify", "--directory", self.trail)
        self.assertIn("signatures were NOT checked", result.stdout)

    def test_says_that_it_begins_a_trail_when_there_is_none(self):
        directory = self.copy()
        begins = lambda: [json.loads(line) for line in self.server.log_path.read_text().splitlines() if '"audit_trail_begins"' in line]  # noqa: E731
        self.assertEqual(len(begins()), 1)
        shutil.rmtree(self.trail)
        try:
            self.server.start()
            self.server.stop()
            self.assertEqual([line["level"] for line in begins()], ["warning", "warning"])
            self.assertGreater(int(begins()[1]["store_epoch"]), int(begins()[0]["store_epoch"]))
        finally:
            shutil.rmtree(self.trail)
            shutil.copytree(directory, self.trail)

    def test_does_not_start_on_a_trail_that_was_cut(self):
        directory = self.copy()
        record = self.trail / "audit-0000000000000001.jsonl"
        record.write_bytes(b"".join(record.read_bytes().splitlines(keepends=True)[:-1]))
        try:
            with self.assertRaises(Exception):
                self.server.start()
            self.assertIn("were sealed and are missing at the end", self.server.log_path.read_text())
        finally:
            shutil.rmtree(self.trail)
            shutil.copytree(directory, self.trail)


class ReplacedTrail(unittest.TestCase):
    def test_answers_nothing_more_while_copies_stand_in_the_place_of_the_trail(self):
        with Server() as server:
            kms = server.boto3()
            kms.list_keys()
            files = [path for path in (server.data / "audit").iterdir() if path.suffix == ".jsonl"]
            for path in files:
                path.rename(path.with_suffix(".aside"))
                shutil.copy(path.with_suffix(".aside"), path)

            def is_refused():
                try:
                    kms.list_keys()
                except kms.exceptions.KMSInternalException:
                    return True
                return False

            self.assertTrue(until(is_refused))
            self.assertIn("in the place of", server.log_path.read_text())
            for path in files:
                path.with_suffix(".aside").rename(path)
            self.assertTrue(until(lambda: not is_refused()))
            server.stop()
            self.assertEqual(server.kmaas("audit", "verify", check=False).returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
