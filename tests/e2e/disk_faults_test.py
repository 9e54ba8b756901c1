"""Goal: when any call of the server upon its files fails, nothing that was answered is lost and nothing is half made, callers hear a clear error, and
the server goes on without a restart; on a full disk changes are refused while reads and decryptions go on (where the audit trail cannot be written
nothing is answered), and within a second of there being space everything is.

Method: a library loaded before the server (failing_calls.cc) fails the n-th write, flush, cut, removal or rename upon one kind of file - database, WAL,
its file of rows, audit trail, seals, indexes, cursors of the spool - by EIO, ENOSPC, EINTR or a short write, in a script of operations, for every
n-th n; or all writes from one on, as a full disk does. Then the server is killed, started again, and compared with what was answered.

Parameters: KMAAS_IO_INDEX (indexes too), KMAAS_IO_OPERATIONS, KMAAS_IO_STEP (the calls that are left out between two n), KMAAS_FULL_ROUNDS. `--plant lost`
takes an answer for another one, and succeeds when that is found.
"""

import json
import os
import random
import sys
import threading
import time
import unittest

from botocore.exceptions import BotoCoreError, ClientError
from disk_faults import ERRORS, EVERY, WRITES, Faults
from server import Server, until
from siem_delivery_test import destination

OPERATIONS = int(os.environ.get("KMAAS_IO_OPERATIONS", "24"))
STEP = int(os.environ.get("KMAAS_IO_STEP", "17"))
FULL_ROUNDS = int(os.environ.get("KMAAS_FULL_ROUNDS", "2"))
PLANT = ""
# A caller of AWS KMS tries again on these.
CLEAR = {"KMSInternalException", "DependencyTimeoutException", "ThrottlingException", "KeyUnavailableException"}
KINDS = ("database", "wal", "rows", "audit", "seals", "spool")
LARGE = 30_000  # bytes of a policy: some pages of the database


class Ledger:
    """What was answered; of what was asked and refused, either may be so."""

    def __init__(self):
        self.keys, self.tags, self.requests = {}, {}, []


class Script:
    """Operations of callers, in turn."""

    def __init__(self, server):
        self.server, self.kms, self.ledger = server, server.boto3(), Ledger()
        self.turn, self.current, self.unclear = 0, None, []

    def made_key(self):
        answer = self.kms.create_key(Description=f"key {self.turn}")
        self.current = answer["KeyMetadata"]["Arn"]
        self.ledger.requests.append(answer["ResponseMetadata"]["RequestId"])
        self.ledger.keys[self.current] = None
        self.encrypted()

    def encrypted(self):
        blob = self.kms.encrypt(KeyId=self.current, Plaintext=self.current.encode())["CiphertextBlob"]
        self.ledger.keys[self.current] = blob

    def tagged(self):
        arn, value = self.current, str(self.turn)
        self.ledger.tags.setdefault(arn, {None}).add(value)
        answer = self.kms.tag_resource(KeyId=arn, Tags=[{"TagKey": "n", "TagValue": value}])
        self.ledger.tags[arn] = {value}
        self.ledger.requests.append(answer["ResponseMetadata"]["RequestId"])

    def policy(self):
        statement = {"Sid": "x" * LARGE, "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{self.server.account}:root"}, "Action": "kms:*",
                     "Resource": "*"}
        answer = self.kms.put_key_policy(KeyId=self.current, PolicyName="default",
                                         Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        self.ledger.requests.append(answer["ResponseMetadata"]["RequestId"])

    def granted(self):
        answer = self.kms.create_grant(KeyId=self.current, GranteePrincipal=f"arn:aws:iam::{self.server.account}:root", Operations=["Decrypt"])
        self.ledger.requests.append(answer["ResponseMetadata"]["RequestId"])
        self.kms.revoke_grant(KeyId=self.current, GrantId=answer["GrantId"])

    def switched(self):
        self.kms.disable_key(KeyId=self.current)
        self.kms.enable_key(KeyId=self.current)

    def step(self):
        """One operation; answers whether it was done."""
        works = (self.tagged, self.encrypted, self.policy, self.granted, self.tagged, self.switched)
        work = self.made_key if self.turn % 7 == 0 or self.current is None else works[self.turn % len(works)]
        self.turn += 1
        try:
            work()
            return True
        except ClientError as refused:
            # A key that was disabled before its answer failed is enabled again.
            code = refused.response["Error"]["Code"]
            if code == "DisabledException":
                self.kms.enable_key(KeyId=self.current)
            elif code not in CLEAR:
                self.unclear.append(str(refused))
            return False
        except BotoCoreError as failure:
            self.unclear.append(repr(failure))
            return False


class DiskFaults(unittest.TestCase):
    def start(self):
        self.server = Server({"audit": {"seal_records_max": 3, "seal_interval_seconds": 1, "flush_interval_ms": 5}})
        copies = self.server.directory / "copies"
        copies.mkdir(mode=0o700)
        self.server.overrides["siem"] = [destination("copy", transport="file", file=str(copies / "events.jsonl"))]
        self.faults = Faults(self.server)
        self.addCleanup(self.faults.close)
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)
        self.script = Script(self.server)
        while self.script.turn < 8:
            self.assertTrue(self.script.step())

    def goes_on(self, what):
        """Within a second of the fault's end every kind of operation is done again. The time is measured, a slow machine given more."""
        begun = done = time.monotonic()
        in_turn = 0
        while in_turn < 7:  # every kind of them
            self.assertLess(time.monotonic(), begun + 20, f"{what}: not every operation is done after the fault")
            if self.script.step():
                in_turn += 1
            else:
                in_turn, done = 0, time.monotonic()
        self.waited = max(self.waited, done - begun)

    waited = 0.0

    def compare(self):
        """Killed, started again, and compared with what was answered."""
        self.faults.heal()
        if PLANT == "lost":
            self.script.ledger.tags[next(iter(self.script.ledger.keys))] = {"never written"}
        self.server.kill()
        self.server.start()
        kms, ledger = self.server.boto3(), self.script.ledger
        for arn, blob in ledger.keys.items():
            if kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "Disabled":
                kms.enable_key(KeyId=arn)
            if blob is not None:
                self.assertEqual(kms.decrypt(CiphertextBlob=blob)["Plaintext"], arn.encode())
            tags = [tag["TagValue"] for tag in kms.list_resource_tags(KeyId=arn)["Tags"]] or [None]
            self.assertIn(tags[0], ledger.tags.get(arn, {None}))
        for page in kms.get_paginator("list_keys").paginate():  # made but not answered: whole all the same
            for key in page["Keys"]:
                if key["KeyArn"] not in ledger.keys:
                    kms.encrypt(KeyId=key["KeyArn"], Plaintext=b"x")
        recorded = [event["requestID"] for event in self.server.audit_events()]
        self.assertEqual([request for request in ledger.requests if recorded.count(request) != 1], [])
        self.assertEqual(self.script.unclear, [])
        self.server.stop()
        for command in (("verify",), ("audit", "verify")):
            verified = self.server.kmaas(*command, check=False)
            self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)

    def fail_each(self, what, error):
        """How many calls were failed, one at a time, each in a script of its own."""
        failed, n = 0, 1
        while True:
            self.faults.arm(what, error, first=n)
            for _ in range(OPERATIONS):
                self.script.step()
            once = self.faults.heal()
            self.goes_on(f"{what} {error} {n}")
            if not once:
                return failed, self.faults.calls
            failed += once
            n += STEP

    def test_any_call_that_fails_costs_nothing_that_was_answered(self):
        self.start()
        for what in KINDS:
            for error in ERRORS:
                failed, calls = self.fail_each(what, error)
                print(f"{what} {error}: {failed} calls failed, of {calls} in {OPERATIONS} operations", file=sys.stderr)
                if what in ("wal", "audit"):
                    self.assertGreater(failed, 0)
        self.compare()
        print(f"{len(self.script.ledger.keys)} keys and {len(self.script.ledger.requests)} answers, 0 lost; went on within {self.waited:.2f} s",
              file=sys.stderr)

    def is_refused(self, call, **members):
        try:
            call(**members)
            return False
        except ClientError as refused:
            self.assertIn(refused.response["Error"]["Code"], CLEAR)
            return True

    def full(self, what):
        """One round: all writes fail from some call on, for some operations."""
        kms, key = self.script.kms, next(iter(self.script.ledger.keys))
        blob = self.script.ledger.keys[key]
        self.faults.arm(what, "ENOSPC", first=self.chance.randrange(1, 12), last=EVERY, kinds=WRITES)
        for _ in range(12):
            self.script.step()
        if what == "audit":
            self.assertTrue(self.faults.failed())
            self.assertTrue(self.is_refused(kms.decrypt, CiphertextBlob=blob))
            self.assertTrue(self.is_refused(kms.describe_key, KeyId=key))
        else:
            self.assertEqual(kms.decrypt(CiphertextBlob=blob)["Plaintext"], key.encode())
            self.assertEqual(kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"], key)
        if what == "wal":
            self.assertTrue(self.faults.failed())
            self.assertTrue(self.is_refused(kms.tag_resource, KeyId=key, Tags=[{"TagKey": "m", "TagValue": "refused"}]))
        failed = self.faults.heal()
        self.goes_on(f"{what} full")
        return failed

    def test_on_a_full_disk_reads_go_on_and_changes_do_when_there_is_space(self):
        seed = int(os.environ.get("KMAAS_CRASH_SEED", str(random.randrange(1 << 32))))
        self.chance = random.Random(seed)
        self.start()
        for what in ("database", "wal", "audit", "spool"):
            self.waited = 0.0
            failed = sum(self.full(what) for _ in range(FULL_ROUNDS))
            print(f"seed {seed}, {what}: {FULL_ROUNDS} times full, {failed} writes failed, went on within {self.waited:.2f} s", file=sys.stderr)
        self.compare()

    @unittest.skipUnless(os.environ.get("KMAAS_IO_INDEX"), "takes minutes: KMAAS_IO_INDEX=1")
    def test_an_index_that_cannot_be_written_is_made_later(self):
        self.server = Server({"audit": {"file_bytes_max": 1 << 20}})
        self.faults = Faults(self.server)
        self.addCleanup(self.faults.close)
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)
        self.script = Script(self.server)
        self.script.step()
        made = lambda: len(list((self.server.data / "audit").glob("*.index")))  # noqa: E731
        for error in ("EIO", "ENOSPC", "short", "EINTR"):
            before = made()
            self.faults.arm("index", error, last=2)
            files = lambda: len(list((self.server.data / "audit").glob("audit-*.jsonl")))  # noqa: E731
            full = files() + 1
            while files() < full:
                self.fill()
            self.assertTrue(until(lambda: made() > before, 60), error)
            self.faults.heal()
        self.compare()

    def fill(self):
        """Records for the trail, by some at once."""
        arn = self.script.current
        def calls(kms):
            for _ in range(50):
                kms.encrypt(KeyId=arn, Plaintext=b"x")
        threads = [threading.Thread(target=calls, args=(self.script.kms,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    if "--plant" in sys.argv:
        at = sys.argv.index("--plant")
        PLANT, FULL_ROUNDS = sys.argv[at + 1], 1
        sys.argv[at:at + 2] = ["DiskFaults.test_on_a_full_disk_reads_go_on_and_changes_do_when_there_is_space"]
        found = unittest.main(exit=False).result
        sys.exit(0 if found.failures else f"{PLANT} was not found")
    unittest.main(verbosity=2)
