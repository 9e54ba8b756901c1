"""Goal: a server whose clock is before its last change says so everywhere and destroys nothing by time until the clock has passed it.

Method: a real server lives days in the future and then at the right time again, which is before what it wrote.
"""

import unittest

from server import BUILD, Server, until

DAY = 24 * 3600


class ClockFloor(unittest.TestCase):
    def setUp(self):
        self.server = Server({"lifecycle": {"interval_milliseconds": 100}})
        self.addCleanup(self.server.__exit__)
        self.server.__enter__()

    def restart(self, days_ahead):
        self.server.stop()
        self.server.environment.update(LD_PRELOAD=str(BUILD / "tests/libclock_ahead.so"), KMAAS_TEST_SECONDS_AHEAD=str(days_ahead * DAY))
        self.server.start()

    def recorded(self):
        return [event["eventName"] for event in self.server.audit_events() if event["eventName"].startswith("Clock")]

    def state(self, key):
        return self.server.boto3().describe_key(KeyId=key)["KeyMetadata"]["KeyState"]

    def test_alarms_and_freezes_until_the_floor_has_passed(self):
        key = self.server.boto3().create_key()["KeyMetadata"]["KeyId"]
        self.server.boto3().schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        self.restart(1)
        self.assertEqual(self.recorded(), [])
        self.server.boto3().create_key()  # the floor is a day ahead now
        self.restart(0)
        self.assertTrue(until(lambda: "clock_behind_floor" in self.server.log_path.read_text()))
        self.assertEqual(self.recorded(), ["ClockBehindFloor"])
        self.assertEqual(self.state(key), "PendingDeletion")
        self.restart(8)
        self.assertTrue(until(lambda: not self.exists(key)))
        self.assertEqual(self.recorded(), ["ClockBehindFloor"])

    def exists(self, key):
        try:
            return self.state(key) is not None
        except self.server.boto3().exceptions.NotFoundException:
            return False


if __name__ == "__main__":
    unittest.main()
