"""Goal: a server whose clock is before its last change says so everywhere and destroys nothing by time until the clock has passed it.

Method: a real server lives days in the future and then at the right time again, which is before what it wrote.
"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))
from golden_cases import Grpc  # noqa: E402
from server import BUILD, Server, until  # noqa: E402

DAY = 24 * 3600


class ClockFloor(unittest.TestCase):
    def setUp(self):
        self.server = Server({"lifecycle": {"interval_ms": 100}}).__enter__()
        self.addCleanup(self.server.__exit__)
        self.connect()

    def connect(self):
        # Not signed: the client's clock does not move.
        self.client = Grpc(self.server)
        self.assertTrue(until(lambda: self.client.call("ListKeys", {})["id"] is not None))

    def restart(self, days_ahead):
        self.server.stop()
        self.server.environment.update(LD_PRELOAD=str(BUILD / "tests/libclock_ahead.so"), KMAAS_TEST_SECONDS_AHEAD=str(days_ahead * DAY))
        self.server.start()
        self.connect()

    def make_key(self):
        return self.client.call("CreateKey", {})["out"]["KeyMetadata"]["KeyId"]

    def state(self, key):
        answer = self.client.call("DescribeKey", {"KeyId": key})
        return answer.get("error") or answer["out"]["KeyMetadata"]["KeyState"]

    def recorded(self):
        return [event["eventName"] for event in self.server.audit_events() if event["eventName"].startswith("Clock")]

    def test_alarms_and_freezes_until_the_floor_has_passed(self):
        key = self.make_key()
        self.client.call("ScheduleKeyDeletion", {"KeyId": key, "PendingWindowInDays": 7})
        self.restart(days_ahead=1)
        self.make_key()  # the floor is a day ahead now
        self.assertEqual(self.recorded(), [])
        self.restart(days_ahead=0)
        self.assertTrue(until(lambda: self.recorded() == ["ClockBehindFloor"]))
        self.assertIn("clock_behind_floor", self.server.log_path.read_text())
        self.assertEqual(self.state(key), "PendingDeletion")
        self.restart(days_ahead=8)
        self.assertTrue(until(lambda: self.state(key) == "NotFoundException"))
        self.assertEqual(self.recorded(), ["ClockBehindFloor"])


if __name__ == "__main__":
    unittest.main()
