"""Goal: by the time that somebody searches the trail, its full files have indexes, which the server made. Method: a server with small files
and calls that fill some; until each full file has its index; then a search of which no file but the newest is read, and a start without indexes."""

import json
import re
import unittest

from server import Server, until

CALLS_OF_A_ROUND = 200
FULL_FILES = 2


class AuditSearch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server({"audit": {"file_bytes_max": 1 << 20}}).__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.kms = cls.server.boto3()
        cls.addClassCleanup(cls.kms.close)
        cls.key = cls.kms.create_key()["KeyMetadata"]["KeyId"]
        while len(cls.full_files()) < FULL_FILES:
            for _ in range(CALLS_OF_A_ROUND):
                cls.kms.encrypt(KeyId=cls.key, Plaintext=b"x", EncryptionContext={"padding": "p" * 2000})

    @classmethod
    def full_files(cls):
        return sorted((cls.server.data / "audit").glob("audit-*.jsonl"))[:-1]

    def have_indexes(self):
        return all(path.with_suffix(".index").exists() for path in self.full_files())

    def search(self, *wanted):
        """(records, files that were looked up in their index, files that were read)"""
        told = self.server.kmaas("audit", "search", *wanted).stdout.splitlines()[-1]
        found = re.fullmatch(r"(\d+) records; of \d+ files (\d+) were looked up in their index and (\d+) read", told)
        return tuple(map(int, found.groups()))

    def test_reads_no_file_that_is_full(self):
        self.assertTrue(until(self.have_indexes), "files are full and have no index")
        oldest = json.loads(self.full_files()[0].read_text().splitlines()[-1])["event"]
        for option, member in (("--event-id", "eventID"), ("--request-id", "requestID")):
            found, looked_up, read = self.search(option, oldest[member])
            self.assertEqual((found, read), (1, 1))
            self.assertEqual(looked_up, len(self.full_files()))

    def test_makes_those_anew_that_a_start_does_not_find(self):
        self.assertTrue(until(self.have_indexes))
        for path in self.full_files():
            path.with_suffix(".index").unlink()
        self.server.stop()
        self.server.start()
        self.assertTrue(until(self.have_indexes), "no index was made anew")
        self.assertGreater(self.search("--key", self.key, "--limit", "0")[0], FULL_FILES * CALLS_OF_A_ROUND)


if __name__ == "__main__":
    unittest.main(verbosity=2)
