"""Goal: what somebody does to the database file is refused and named: while the server runs, when it starts, and by `kmaas verify`.

Method: a real server and token; the file is edited with SQLite. That each check is made, and every kind of edit, is tests/campaigns/tamper's.
"""

import json
import pathlib
import sqlite3
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))
from golden_cases import Grpc  # noqa: E402
from server import Server, until  # noqa: E402


class Integrity(unittest.TestCase):
    def setUp(self):
        self.server = Server().__enter__()
        self.addCleanup(self.server.__exit__)
        self.client = Grpc(self.server)
        self.assertTrue(until(lambda: self.client.call("ListKeys", {})["id"] is not None))
        self.keys = [self.client.call("CreateKey", {})["out"]["KeyMetadata"]["KeyId"] for _ in range(3)]
        self.database = next(self.server.data.rglob("*.db"))

    def edit(self, sql):
        with sqlite3.connect(self.database) as connection:
            connection.execute(sql)
        connection.close()

    def verify(self):
        done = self.server.kmaas("verify", "--json", check=False)
        return done.returncode, json.loads(done.stdout)

    def test_an_intact_database_passes_beside_its_server(self):
        status, report = self.verify()
        self.assertEqual(status, 0)
        self.assertTrue(report["intact"])
        rows = {table["table"]: table["rows"] for table in report["tables"]}
        self.assertEqual(rows["keys"], 3)

    def test_a_row_that_is_gone_is_refused_and_named(self):
        self.server.stop()  # the caches forget
        self.server.start()
        self.client = Grpc(self.server)
        self.assertTrue(until(lambda: self.client.call("ListKeys", {})["id"] is not None))
        self.edit(f"DELETE FROM keys WHERE CAST(key AS TEXT) LIKE '%{self.keys[1]}'")
        for key in self.keys:
            self.assertEqual(self.client.call("DescribeKey", {"KeyId": key}).get("error"), "KMSInternalException")
        self.assertIn("integrity_alarm", self.server.log_path.read_text())
        status, report = self.verify()
        self.assertEqual(status, 1)
        self.assertIn({"table": "keys", "row": "", "what": "the rows are not those last written: 1 row fewer"}, report["findings"])
        self.server.stop()
        with self.assertRaisesRegex(RuntimeError, "not as kmaas wrote it"):
            self.server.start()

    def test_a_row_that_was_changed_is_named(self):
        self.server.stop()
        self.edit(f"UPDATE key_materials SET value = CAST(value || x'00' AS BLOB) WHERE CAST(key AS TEXT) LIKE '%{self.keys[0]}%'")
        status, report = self.verify()
        self.assertEqual(status, 1)
        self.assertTrue(any(finding["table"] == "key_materials" and self.keys[0] in finding["row"] for finding in report["findings"]))


if __name__ == "__main__":
    unittest.main()
