"""Goal: SIGKILL under a write load loses no acknowledged key, alias, tag, policy, rotation, import or deletion that is scheduled, does
no rotation twice, and leaves every key usable; in the middle of deletions, every key goes in the end, and leaves its proof.

Method: writers keep a ledger of what the server acknowledged, and of what they asked for; the server is killed at a random moment; after each
restart the ledger is compared with the store, and every key of the round encrypts and decrypts. A call that fails before the kill is a fault.
Deletions come due by a restart with the clock set ahead, again and again until all are done. The seed is printed.
"""

import json
import os
import pathlib
import random
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))
from golden_cases import AwsJson  # noqa: E402
from server import BUILD, Server, again_when_throttled, pause, until  # noqa: E402

KILLS = int(os.environ.get("KMAAS_CRASH_KILLS", "50"))
WRITERS = 4
ROUND_SECONDS = (0.15, 0.9)
DELETIONS = 12  # of each custody
DELETION_SECONDS = (0.0, 0.1)


class Ledger:
    """What was acknowledged: key ARN to its description, alias, tags, policy, rotations, state; and ciphertexts with their plaintexts."""

    def __init__(self):
        self.lock = threading.Lock()
        self.keys = {}
        self.ended = threading.Event()  # from now on calls may fail
        self.faults = []

    def note(self, arn, **facts):
        with self.lock:
            self.keys.setdefault(arn, {}).update(facts)


def policy_of(account, sid):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": sid, "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                                                               "Action": "kms:*", "Resource": "*"}]})


class Killed(Exception):
    pass


def ask(client, operation, **request):
    """For operations that Debian's boto3 does not know."""
    answer = client.call(operation, request)
    if "error" in answer:
        raise Killed(answer)
    return answer["out"]


def rotate(client, ledger, arn):
    ledger.note(arn, rotations_asked=1)
    ask(client, "RotateKeyOnDemand", KeyId=arn)
    ledger.note(arn, rotations=1)


def end_of(kms, ledger, arn, number):
    """One key in three is disabled, one waits for its deletion, and one was taken back from it."""
    if number % 3 == 0:
        ledger.note(arn, states={"Enabled", "Disabled"})
        kms.disable_key(KeyId=arn)
        ledger.note(arn, states={"Disabled"})
        return
    ledger.note(arn, states={"Enabled", "PendingDeletion"})
    kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    ledger.note(arn, states={"PendingDeletion"})
    if number % 3 == 1:
        ledger.note(arn, states={"PendingDeletion", "Disabled"})
        kms.cancel_key_deletion(KeyId=arn)
        ledger.note(arn, states={"Disabled"})


def write_key(server, kms, client, ledger, label, number):
    arn = kms.create_key(Description=label)["KeyMetadata"]["Arn"]
    ledger.note(arn, description=label)
    kms.create_alias(AliasName=f"alias/{label}", TargetKeyId=arn)
    ledger.note(arn, alias=f"alias/{label}")
    kms.tag_resource(KeyId=arn, Tags=[{"TagKey": "n", "TagValue": label}])
    ledger.note(arn, tag=label)
    policy = policy_of(server.account, label)
    kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=policy)
    ledger.note(arn, policy=policy)
    blob = kms.encrypt(KeyId=arn, Plaintext=label.encode())["CiphertextBlob"]
    ledger.note(arn, blob=blob)
    rotate(client, ledger, arn)
    end_of(kms, ledger, arn, number)


def wrap_for_import(kms, ledger, label):
    """A key, and the request that imports material into it: of all calls that for the wrapping key takes longest."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding
    arn = kms.create_key(Description=label, Origin="EXTERNAL")["KeyMetadata"]["Arn"]
    ledger.note(arn, description=label, states={"PendingImport"})
    given = again_when_throttled(kms.get_parameters_for_import, KeyId=arn, WrappingAlgorithm="RSAES_OAEP_SHA_256",
                                 WrappingKeySpec="RSA_2048")
    public = serialization.load_der_public_key(given["PublicKey"])
    wrapped = public.encrypt(os.urandom(32), padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
    return arn, {"KeyId": arn, "ImportToken": given["ImportToken"], "EncryptedKeyMaterial": wrapped,
                 "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}


def import_key(kms, ledger, label, arn, request):
    ledger.note(arn, states={"PendingImport", "Enabled"})
    kms.import_key_material(**request)
    ledger.note(arn, states={"Enabled"}, imported=True)
    blob = kms.encrypt(KeyId=arn, Plaintext=label.encode())["CiphertextBlob"]
    ledger.note(arn, blob=blob)


def import_until_killed(kms, ledger, name, wrapped):
    """Begins with what was wrapped before the round."""
    number = 0
    while True:
        label = f"{name}-{number}"
        import_key(kms, ledger, label, *(wrapped or wrap_for_import(kms, ledger, label)))
        wrapped = None
        number += 1


def write_keys_until_killed(server, kms, ledger, name):
    client = AwsJson(server)
    number = 0
    while True:
        number += 1
        write_key(server, kms, client, ledger, f"{name}-{number}", number)


def run_until_killed(ledger, work, *arguments):
    try:
        work(*arguments)
    except Exception as failure:
        if not ledger.ended.is_set():
            ledger.faults.append(repr(failure))


def chance_of(what):
    seed = int(os.environ.get("KMAAS_CRASH_SEED", str(random.randrange(1 << 32))))
    print(f"seed {seed}, {what}", file=sys.stderr)
    return random.Random(seed)


class Crash(unittest.TestCase):
    def check_key(self, kms, arn, facts):
        metadata = kms.describe_key(KeyId=arn)["KeyMetadata"]
        self.assertEqual(metadata["Description"], facts["description"])
        if "alias" in facts:
            self.assertEqual(kms.describe_key(KeyId=facts["alias"])["KeyMetadata"]["Arn"], arn)
        if "tag" in facts:
            self.assertEqual(kms.list_resource_tags(KeyId=arn)["Tags"], [{"TagKey": "n", "TagValue": facts["tag"]}])
        if "policy" in facts:
            self.assertEqual(kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"], facts["policy"])
        if "states" in facts:
            self.assertIn(metadata["KeyState"], facts["states"])
        if metadata["KeyState"] == "PendingImport":
            return
        if metadata["KeyState"] == "PendingDeletion":
            kms.cancel_key_deletion(KeyId=arn)
        kms.enable_key(KeyId=arn)
        plaintext = facts["description"].encode()
        blob = facts.get("blob") or kms.encrypt(KeyId=arn, Plaintext=plaintext)["CiphertextBlob"]
        if facts.get("rotations_asked"):
            self.check_rotation(arn, facts)
        self.assertEqual(kms.decrypt(CiphertextBlob=blob)["Plaintext"], plaintext)

    def check_rotation(self, arn, facts):
        """What was begun is done, once: at the latest when the key is enabled."""
        rotations = lambda: len(ask(self.client, "ListKeyRotations", KeyId=arn)["Rotations"])  # noqa: E731
        rests = lambda: "OnDemandRotationStartDate" not in ask(self.client, "GetKeyRotationStatus", KeyId=arn)  # noqa: E731
        self.assertTrue(until(rests), arn)
        self.assertIn(rotations(), {facts.get("rotations", 0), facts["rotations_asked"]})

    def check_listing(self, kms, known):
        listed = [key["KeyArn"] for page in kms.get_paginator("list_keys").paginate() for key in page["Keys"]]
        self.assertLessEqual(set(known), set(listed))
        for arn in set(listed) - set(known):  # made but not acknowledged: whole and usable all the same
            if kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "PendingImport":
                continue
            blob = kms.encrypt(KeyId=arn, Plaintext=b"x")["CiphertextBlob"]
            self.assertEqual(kms.decrypt(CiphertextBlob=blob)["Plaintext"], b"x")
        return listed

    def test_loses_nothing_that_was_acknowledged(self):
        chance = chance_of(f"{KILLS} kills")
        known = {}
        with Server({"lifecycle": {"interval_ms": 20}}) as server:
            for kill in range(KILLS):
                ledger = Ledger()
                kms = server.boto3()
                wrapped = wrap_for_import(kms, ledger, f"{kill}-imported-0")
                works = [(import_until_killed, kms, ledger, f"{kill}-imported", wrapped)]
                works += [(write_keys_until_killed, server, server.boto3(), ledger, f"{kill}-{w}") for w in range(1, WRITERS)]
                writers = [threading.Thread(target=run_until_killed, args=(ledger, *work)) for work in works]
                for writer in writers:
                    writer.start()
                pause(chance.uniform(*ROUND_SECONDS))
                ledger.ended.set()
                server.kill()
                for writer in writers:
                    writer.join()
                self.assertEqual(ledger.faults, [])
                server.start()
                kms, self.client = server.boto3(), AwsJson(server)
                for arn, facts in ledger.keys.items():
                    self.check_key(kms, arn, facts)
                known.update(ledger.keys)
                known.update({arn: known.get(arn, {}) for arn in self.check_listing(kms, known)})
            self.assertGreater(len(known), KILLS)
            for fact in ("rotations", "imported"):
                self.assertTrue(any(facts.get(fact) for facts in known.values()), fact)
            for blob, label in [(facts["blob"], facts["description"]) for facts in known.values() if "blob" in facts]:
                self.assertEqual(kms.decrypt(CiphertextBlob=blob)["Plaintext"], label.encode())
            self.assertEqual(server.kmaas("audit", "verify").returncode, 0)
            print(f"{len(known)} keys, 0 lost", file=sys.stderr)


class CrashInDeletion(unittest.TestCase):
    def objects(self):
        """Keys in the token, by SoftHSM's file format: not the anchor (a CKO_DATA), nor the empty file that a kill leaves while one is made."""
        files = [path.read_bytes() for path in (self.server.directory / "tokens").glob("*/*.object")]
        return sum(1 for file in files if len(file) >= 32 and file[24:32] != bytes(8))

    def living(self):
        return json.loads(self.server.kmaas("key", "list", "--json").stdout)

    def schedule(self, custody):
        """Keys of this custody that are to be deleted in a week."""
        self.server.stop()
        self.server.overrides["keys"] = {"default_custody": custody}
        self.server.write_config()
        self.server.start()
        kms = self.server.boto3()
        arns = [kms.create_key()["KeyMetadata"]["Arn"] for _ in range(DELETIONS)]
        for arn in arns:
            kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
        return arns

    def run_until_killed(self, seconds):
        """Answers how many keys are left."""
        self.server.start()
        pause(seconds)
        self.server.kill()
        return len(self.living())

    def check_proof(self, arn, custody):
        proof, = json.loads(self.server.kmaas("key", "proof-of-deletion", arn, "--json").stdout)
        self.assertEqual(proof["arn"], arn)
        self.assertEqual([material["custody"] for material in proof["materials"]], [custody])

    def test_ends_every_deletion_with_its_proof(self):
        chance = chance_of(f"{2 * DELETIONS} deletions")
        with Server({"lifecycle": {"interval_ms": 20}}) as self.server:
            before = self.objects()
            arns = {custody: self.schedule(custody) for custody in ("wrapped", "resident")}
            self.assertGreater(self.objects(), before)
            self.server.stop()
            self.server.environment.update(LD_PRELOAD=str(BUILD / "tests/libclock_ahead.so"), KMAAS_TEST_SECONDS_AHEAD=str(8 * 24 * 3600))
            left, kills = 2 * DELETIONS, 0
            while left:
                left = self.run_until_killed(chance.uniform(*DELETION_SECONDS))
                kills += 1
                self.assertLess(kills, 20 * DELETIONS, "no deletion is ever done")
            self.assertEqual(self.objects(), before)
            for custody, deleted in arns.items():
                for arn in deleted:
                    self.check_proof(arn, custody)
            self.assertEqual(self.server.kmaas("audit", "verify").returncode, 0)
            print(f"{kills} kills in deletions", file=sys.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
