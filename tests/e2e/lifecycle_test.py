"""Goal: the server rotates and deletes keys by itself, and what was deleted is gone from the token and from the database.

Method: a real server and token, asked over gRPC; time passes by a restart with the clock set ahead.
"""

import json
import pathlib
import sqlite3
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))
from golden_cases import Grpc  # noqa: E402
from server import BUILD, Server, until  # noqa: E402

DAY = 24 * 3600


class Lifecycle(unittest.TestCase):
    custody = "wrapped"
    overrides = {}

    def setUp(self):
        settings = {"lifecycle": {"interval_ms": 50}, "keys": {"default_custody": self.custody}}
        self.server = Server(settings | self.overrides).__enter__()
        self.addCleanup(self.server.__exit__)
        self.connect()

    def connect(self):
        self.client = Grpc(self.server)
        # The port for gRPC opens after the one that says that the server is ready.
        self.assertTrue(until(lambda: self.client.call("ListKeys", {})["id"] is not None))

    def call(self, operation, **request):
        answer = self.client.call(operation, request)
        self.assertNotIn("error", answer, f"{operation}: {answer}")
        return answer["out"]

    def refusal(self, operation, **request):
        return self.client.call(operation, request).get("error")

    def restart(self, days_ahead):
        self.server.stop()
        self.server.environment.update(LD_PRELOAD=str(BUILD / "tests/libclock_ahead.so"), KMAAS_TEST_SECONDS_AHEAD=str(days_ahead * DAY))
        self.server.start()
        self.connect()

    def make_key(self):
        return self.call("CreateKey")["KeyMetadata"]["Arn"]

    def rotations(self, arn):
        return [(entry["RotationType"], entry["KeyMaterialState"]) for entry in self.call("ListKeyRotations", KeyId=arn).get("Rotations", [])]

    def events(self, name):
        """Waits for the first: a change can be seen before its record has left the outbox."""
        found = []

        def looks():
            found[:] = [event for event in self.server.audit_events() if event["eventName"] == name and "errorCode" not in event]
            return found

        until(looks)
        return found

    def proof(self, arn, check=True):
        return self.server.kmaas("key", "proof-of-deletion", arn, "--json", check=check)

    def delete(self, arn):
        self.call("ScheduleKeyDeletion", KeyId=arn, PendingWindowInDays=30)
        self.restart(31)
        self.assertTrue(until(lambda: self.refusal("DescribeKey", KeyId=arn) == "NotFoundException"))


class Rotation(Lifecycle):
    def test_is_done_on_demand_and_recorded_as_the_services_own(self):
        arn = self.make_key()
        blob = self.call("Encrypt", KeyId=arn, Plaintext="b2xk")["CiphertextBlob"]
        self.assertEqual(self.call("RotateKeyOnDemand", KeyId=arn), {"KeyId": arn})
        self.assertTrue(until(lambda: self.rotations(arn) == [("ON_DEMAND", "CURRENT")]))
        # One commit, but the listing reads the store and the status a cached row, which is replaced a moment after the commit.
        self.assertTrue(until(lambda: "OnDemandRotationStartDate" not in self.call("GetKeyRotationStatus", KeyId=arn)))
        self.assertEqual(self.call("Decrypt", CiphertextBlob=blob)["Plaintext"], "b2xk")
        newer = self.call("Encrypt", KeyId=arn, Plaintext="bmV3")["CiphertextBlob"]
        self.assertEqual(self.call("Decrypt", CiphertextBlob=newer)["Plaintext"], "bmV3")
        event, = self.events("RotateKey")
        self.assertEqual(event["userIdentity"], {"accountId": self.server.account, "invokedBy": "AWS Internal"})
        self.assertEqual(event["eventType"], "AwsServiceEvent")
        self.assertEqual(event["serviceEventDetails"]["rotationType"], "ON_DEMAND")
        self.assertEqual(event["resources"][0]["ARN"], arn)
        self.assertEqual(self.server.kmaas("audit", "verify").returncode, 0)

    def test_is_done_by_itself_once_after_a_long_downtime(self):
        arn = self.make_key()
        self.call("EnableKeyRotation", KeyId=arn, RotationPeriodInDays=90)
        blob = self.call("Encrypt", KeyId=arn, Plaintext="b2xk")["CiphertextBlob"]
        self.restart(300)
        self.assertTrue(until(lambda: self.rotations(arn) == [("AUTOMATIC", "CURRENT")]))
        self.restart(301)
        self.assertEqual(self.rotations(arn), [("AUTOMATIC", "CURRENT")])
        self.assertEqual(self.call("Decrypt", CiphertextBlob=blob)["Plaintext"], "b2xk")
        self.assertEqual(len(self.events("RotateKey")), 1)


class Deletion(Lifecycle):
    def stored_materials(self):
        with sqlite3.connect(f"file:{self.server.data / 'kmaas.db'}?mode=ro", uri=True) as database:
            return [value for value, in database.execute("SELECT value FROM key_materials")]

    def database_bytes(self):
        return b"".join(path.read_bytes() for path in self.server.data.glob("kmaas.db*"))

    def test_leaves_nothing_of_a_wrapped_key_but_its_proof(self):
        arn = self.make_key()
        self.call("CreateAlias", AliasName="alias/doomed", TargetKeyId=arn)
        blob = self.call("Encrypt", KeyId=arn, Plaintext="b2xk")["CiphertextBlob"]
        self.assertIn("is not deleted: its state is Enabled", self.proof(arn, check=False).stderr)
        self.server.stop()
        material, = self.stored_materials()
        wrapped = material[material.index(b"wrapped"):][-64:]  # the row's end, its blob among it
        self.assertIn(wrapped, self.database_bytes())
        self.server.start()
        self.connect()
        self.delete(arn)
        self.assertEqual(self.refusal("Decrypt", CiphertextBlob=blob), "AccessDeniedException")
        self.assertEqual(self.refusal("DescribeKey", KeyId="alias/doomed"), "NotFoundException")
        proof, = json.loads(self.proof(arn).stdout)
        self.assertEqual(proof["arn"], arn)
        self.assertEqual(proof["aliases"], ["alias/doomed"])
        self.assertEqual(proof["request"]["event_id"], self.events("ScheduleKeyDeletion")[0]["eventID"])
        self.assertEqual([proof["event_id"]], [event["eventID"] for event in self.events("DeleteKey")])
        self.assertEqual(len(proof["materials"]), 1)
        self.server.stop()
        self.assertEqual(self.stored_materials(), [])
        self.assertNotIn(wrapped, self.database_bytes())


class ReplicaDeletion(Lifecycle):
    THERE = "eu-west-1"
    overrides = {"regions": [THERE]}

    def there(self, operation, **request):
        answer = self.client.call(operation, request, self.THERE)
        self.assertNotIn("error", answer, f"{operation}: {answer}")
        return answer["out"]

    def delete_replica(self, key_id, days_ahead):
        self.call("ReplicateKey", KeyId=key_id, ReplicaRegion=self.THERE)
        self.there("ScheduleKeyDeletion", KeyId=key_id, PendingWindowInDays=7)
        self.restart(days_ahead)
        self.assertTrue(until(lambda: self.client.call("DescribeKey", {"KeyId": key_id}, self.THERE).get("error") == "NotFoundException"))

    def test_is_proven_each_time_and_says_what_lives(self):
        metadata = self.call("CreateKey", MultiRegion=True)["KeyMetadata"]
        key_id = metadata["KeyId"]
        self.delete_replica(key_id, 8)
        self.delete_replica(key_id, 16)
        self.call("ReplicateKey", KeyId=key_id, ReplicaRegion=self.THERE)
        replica = metadata["Arn"].replace(self.server.region, self.THERE)
        proofs = json.loads(self.proof(key_id).stdout)
        self.assertEqual([proof["arn"] for proof in proofs], [replica, replica])
        self.assertLess(proofs[0]["deleted"], proofs[1]["deleted"])
        self.assertEqual([proof["event_id"] for proof in proofs], [event["eventID"] for event in self.events("DeleteKey")])
        self.assertEqual(sorted(proofs[0]["lives_as"]), sorted([metadata["Arn"], replica]))
        self.assertIn("is not deleted: its state is Enabled", self.proof(metadata["Arn"], check=False).stderr)
        self.assertRegex(self.server.kmaas("key", "proof-of-deletion", key_id).stdout, f"a key of this id lives as +{replica}")


class ResidentDeletion(Lifecycle):
    custody = "resident"

    def objects(self):
        return len(list((self.server.directory / "tokens").glob("*/*.object")))

    def test_destroys_what_only_the_token_has(self):
        before = self.objects()
        arn = self.make_key()
        self.assertGreater(self.objects(), before)
        self.delete(arn)
        self.assertEqual(self.objects(), before)
        proof, = json.loads(self.proof(arn).stdout)
        material, = proof["materials"]
        self.assertEqual(material["custody"], "resident")


if __name__ == "__main__":
    unittest.main(verbosity=2)
