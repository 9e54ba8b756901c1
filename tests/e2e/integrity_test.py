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
        self.assertEqual([finding["table"] for finding in report["findings"]], ["keys"])
        self.assertRegex(report["findings"][0]["row"] + report["findings"][0]["what"], "(" + self.keys[1] + "the row|a row) is missing")
        self.assertRegex(self.server.log_path.read_text(), '"integrity_alarm","table":"keys","row":"[^"]*' + self.keys[1])
        self.server.stop()
        self.assertEqual(self.verify()[1]["findings"], report["findings"])
        with self.assertRaisesRegex(RuntimeError, "not as kmaas wrote it: store: (table|row).* is missing"):
            self.server.start()

    def test_a_row_that_was_set_back_is_named_on_line_off_line_and_at_the_start(self):
        self.edit(f"CREATE TABLE old AS SELECT * FROM keys WHERE CAST(key AS TEXT) LIKE '%{self.keys[1]}'")
        self.assertNotIn("error", self.client.call("DisableKey", {"KeyId": self.keys[1]}))
        self.edit("REPLACE INTO keys SELECT * FROM old")
        self.edit("DROP TABLE old")
        for _ in range(2):
            status, report = self.verify()
            self.assertEqual(status, 1)
            self.assertEqual(len(report["findings"]), 1, report["findings"])
            self.assertIn(self.keys[1], report["findings"][0]["row"])
            self.assertIn("not the version", report["findings"][0]["what"])
            self.server.stop()
        with self.assertRaisesRegex(RuntimeError, f"row [^ ]*{self.keys[1]} of table keys: it is not the version"):
            self.server.start()

    def test_a_server_that_was_killed_has_left_what_names_rows(self):
        self.server.kill()
        self.edit(f"DELETE FROM key_policies WHERE CAST(key AS TEXT) LIKE '%{self.keys[1]}%'")
        status, report = self.verify()
        self.assertEqual(status, 1)
        self.assertRegex(report["findings"][0]["row"] + report["findings"][0]["what"], "is missing")
        pathlib.Path(f"{self.database}.rows").unlink()
        self.assertEqual(self.verify()[1]["findings"], [{"table": "key_policies", "row": "",
                                                         "what": "the rows are not those last written: 1 row fewer"}])

    def test_a_row_that_was_changed_is_named(self):
        self.server.stop()
        self.edit(f"UPDATE key_materials SET value = CAST(value || x'00' AS BLOB) WHERE CAST(key AS TEXT) LIKE '%{self.keys[0]}%'")
        status, report = self.verify()
        self.assertEqual(status, 1)
        self.assertTrue(any(finding["table"] == "key_materials" and self.keys[0] in finding["row"] for finding in report["findings"]))


if __name__ == "__main__":
    unittest.main()
