"""Goal: for every answer that a client saw there is a durable record, whatever ended the server: SIGKILL, or a disk that was full.

Method: clients note the request id of every answer, also of refusals; the server is killed at a random moment, again and again, or its audit
directory, a small file system of its own, is filled and emptied; then the ids are sought in the trail, which must be intact. Counts what is missing.
Each join is first shown to find records that are missing: by a server that answers before the append, since a library loaded before it loses
some writes of records and says that they were done, and by a trail from which one is taken. Parameters: KMAAS_LEDGER_KILLS, KMAAS_CRASH_SEED.
"""

import json
import os
import random
import subprocess
import sys
import threading
import unittest

from botocore.exceptions import BotoCoreError, ClientError
from server import BUILD, Server, pause, until

KILLS = int(os.environ.get("KMAAS_LEDGER_KILLS", "10"))
FULL_ROUNDS = int(os.environ.get("KMAAS_LEDGER_FULL_ROUNDS", "3"))
CLIENTS = 4
# Before a server is killed, or its disk is full, its clients have seen so many answers, however slow the machine is.
ANSWERS_IN_A_ROUND = 25
DISK_BYTES = 6 << 20


class Ledger:
    def __init__(self):
        self.answers, self.refusals, self.lock = set(), set(), threading.Lock()

    def note(self, answer, refused=False):
        request = answer["ResponseMetadata"]["RequestId"]
        with self.lock:
            (self.refusals if refused else self.answers).add(request)

    def seen(self):
        with self.lock:
            return len(self.answers)


def recorded(directory):
    """Request ids, and how each call ended."""
    found = {}
    for path in sorted(directory.glob("audit-*.jsonl")):
        for line in path.read_bytes().splitlines():
            event = json.loads(line)["event"]
            found[event["requestID"]] = event.get("errorCode")
    return found


def missing(ledger, found):
    return [request for request in ledger.answers if found.get(request, "missing") is not None] + \
           [request for request in ledger.refusals if not found.get(request)]


def call_until(ended, server, key, ledger):
    kms = server.boto3()
    number = 0
    while not ended.is_set():
        number += 1
        try:
            blob = kms.encrypt(KeyId=key, Plaintext=b"x")
            ledger.note(blob)
            ledger.note(kms.decrypt(CiphertextBlob=blob["CiphertextBlob"]))
            if number % 5 == 0:
                ledger.note(kms.tag_resource(KeyId=key, Tags=[{"TagKey": "n", "TagValue": str(number)}]))
            if number % 4 == 1:
                kms.describe_key(KeyId="00000000-0000-0000-0000-000000000000")
        except ClientError as refusal:
            # What could not be recorded is answered by an internal error, which promises nothing.
            if refusal.response["Error"]["Code"] == "NotFoundException":
                ledger.note(refusal.response, refused=True)
        except BotoCoreError:
            pause(0.01)


class Clients:
    def __init__(self, server, key, ledger):
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=call_until, args=(self.ended, server, key, ledger)) for _ in range(CLIENTS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()


class LedgerJoin(unittest.TestCase):
    def wait_for_answers(self, ledger):
        enough = ledger.seen() + ANSWERS_IN_A_ROUND
        self.assertTrue(until(lambda: ledger.seen() >= enough), "no answers")

    def check(self, server, ledger, what):
        directory = server.data / "audit"
        found = recorded(directory)
        self.assertGreaterEqual(len(ledger.answers), ANSWERS_IN_A_ROUND)
        self.assertGreater(len(ledger.refusals), 0)
        self.assertEqual(missing(ledger, found), [])
        planted = dict(found)
        del planted[next(iter(ledger.answers))]
        self.assertEqual(len(missing(ledger, planted)), 1)
        self.assertEqual(server.kmaas("audit", "verify", check=False).returncode, 0)
        print(f"{what}: {len(ledger.answers)} answers and {len(ledger.refusals)} refusals seen, 0 without a record", file=sys.stderr)

    def test_finds_a_server_that_answers_before_the_append(self):
        ledger, unharmed = Ledger(), Ledger()
        # By which the library that loses records sees what is written to.
        with Server({"confinement": {"system_calls": ["readlink"]}}) as server:
            key = server.boto3().create_key()["KeyMetadata"]["KeyId"]
            with Clients(server, key, unharmed):
                until(lambda: len(unharmed.answers) > 100 and unharmed.refusals)
            server.stop()
            server.environment.update(LD_PRELOAD=str(BUILD / "tests/liblost_records.so"), KMAAS_TEST_LOSES_EACH="20")
            server.start()
            with Clients(server, key, ledger):
                until(lambda: len(ledger.answers) > 400 and ledger.refusals)
            server.stop()
            found = recorded(server.data / "audit")
            lost = missing(ledger, found)
            print(f"planted: {len(lost)} of {len(ledger.answers) + len(ledger.refusals)} answers have no record", file=sys.stderr)
            self.assertGreater(len(lost), 0)
            self.assertEqual(missing(unharmed, found), [])

    def test_after_kills(self):
        seed = int(os.environ.get("KMAAS_CRASH_SEED", str(random.randrange(1 << 32))))
        print(f"seed {seed}", file=sys.stderr)
        chance, ledger = random.Random(seed), Ledger()
        with Server({"audit": {"seal_records_max": 50}}) as server:
            key = server.boto3().create_key()["KeyMetadata"]["KeyId"]
            for _ in range(KILLS):
                with Clients(server, key, ledger):
                    self.wait_for_answers(ledger)
                    pause(chance.uniform(0.0, 0.4))
                    server.kill()
                server.start()
            server.stop()
            self.check(server, ledger, f"{KILLS} kills")

    @unittest.skipUnless(os.geteuid() == 0, "mounts a file system")
    def test_on_a_full_disk(self):
        ledger = Ledger()
        server = Server({"audit": {"file_bytes_max": 1 << 20}})
        directory = server.data / "audit"
        with server:
            key = server.boto3().create_key()["KeyMetadata"]["KeyId"]
            server.stop()
            files = {path.name: path.read_bytes() for path in directory.iterdir()}
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=0700", "tmpfs", directory], check=True)
            try:
                for name, content in files.items():
                    (directory / name).write_bytes(content)
                server.start()
                for number in range(FULL_ROUNDS):
                    self.fill_and_free(server, key, ledger, number)
                server.stop()
                self.check(server, ledger, f"{FULL_ROUNDS} full disks")
            finally:
                server.stop()
                subprocess.run(["umount", directory], check=True)

    def fill_and_free(self, server, key, ledger, number):
        ballast = server.data / "audit" / "ballast"
        with Clients(server, key, ledger):
            self.wait_for_answers(ledger)
            with open(ballast, "wb", buffering=0) as file:
                try:
                    while file.write(b"\0" * 4096):
                        pass
                except OSError:
                    pass
            self.assertTrue(until(lambda: self.refuses(server, key)), "a full disk, and answers")
            pause(0.3)
            ballast.unlink()
            # Without a restart.
            self.assertTrue(until(lambda: not self.refuses(server, key)), f"round {number}: space is back, and no answer")
            pause(0.3)

    def refuses(self, server, key):
        try:
            server.boto3().encrypt(KeyId=key, Plaintext=b"x")
            return False
        except (ClientError, BotoCoreError):
            return True


if __name__ == "__main__":
    unittest.main(verbosity=2)
