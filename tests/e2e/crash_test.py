"""Goal: SIGKILL under a write load loses no acknowledged key, alias, tag, policy, grant, rotation, import, deletion of imported material or
deletion that is scheduled, does no rotation twice, leaves every key usable, and nothing in the token that no row names; in the middle of deletions,
every key goes in the end, and leaves its proof.

Method: writers keep a ledger of what the server acknowledged, and of what they asked for; the server is killed at a random moment; after each
restart the ledger is compared with the store, every key of the round encrypts and decrypts, and the keys in the token are counted, by SoftHSM's files,
against the rows of the database. In every second round the keys that are made are resident. A call that fails before the kill is a fault. Deletions
come due by a restart with the clock set ahead, again and again until all are done. Parameters: KMAAS_CRASH_KILLS, KMAAS_CRASH_SEED, which is printed.

Planted bugs, to see that each is found: `--plant live-key` takes a key out of the token that a row names, as a sweep would that is too keen;
`--plant orphan` puts back what was destroyed, as a token that nobody sweeps would have it; `--plant lost` forgets an answer.
"""

import json
import os
import pathlib
import random
import sqlite3
import struct
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))
from golden_cases import AwsJson  # noqa: E402
from server import BUILD, Server, again_when_throttled, pause, until  # noqa: E402

KILLS = int(os.environ.get("KMAAS_CRASH_KILLS", "50"))
WRITERS = 4
ROUND_SECONDS = (0.15, 0.9)
PLANT = ""  # a bug of this name
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


def grant(server, kms, ledger, arn, number):
    """Of every second one nothing is left."""
    ledger.note(arn, grants=None)  # one may be there
    given = kms.create_grant(KeyId=arn, GranteePrincipal=f"arn:aws:iam::{server.account}:root", Operations=["Decrypt"])
    ledger.note(arn, grants={given["GrantId"]})
    if number % 2 == 0:
        ledger.note(arn, grants=None)
        kms.revoke_grant(KeyId=arn, GrantId=given["GrantId"])
        ledger.note(arn, grants=set())


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
    grant(server, kms, ledger, arn, number)
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
    if label.endswith(("1", "3")):  # and one is imported again
        ledger.note(arn, states={"PendingImport", "Enabled"}, loses_material=True)
        kms.delete_imported_key_material(KeyId=arn)
        ledger.note(arn, states={"PendingImport"}, loses_material=False)
    if label.endswith("3"):
        ledger.note(arn, states={"PendingImport", "Enabled"})
        kms.import_key_material(**request)
        ledger.note(arn, states={"Enabled"})


def import_until_killed(kms, ledger, name, wrapped):
    """Begins with what was wrapped before the round."""
    number = 0
    while True:
        label = f"{name}-{number}"
        import_key(kms, ledger, label, *(wrapped or wrap_for_import(kms, ledger, label)))
        wrapped = None
        number += 1


def write_keys_until_killed(server, kms, client, ledger, name):
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


CKA_ID = 0x102
SOFTHSM_BOOLEAN, SOFTHSM_NUMBER, SOFTHSM_BYTES = 1, 2, 3
# Attributes of private objects are encrypted: one block of IV, one for what is empty.
ENCRYPTED_NOTHING = 32


def id_bytes(file):
    """How long the encrypted CKA_ID in a file of SoftHSM is. A generation, then attributes: type, kind, value."""
    at = 8
    while at + 24 <= len(file):  # half a file: SoftHSM is writing it
        attribute, kind = struct.unpack(">QQ", file[at:at + 16])
        size = {SOFTHSM_BOOLEAN: 1, SOFTHSM_NUMBER: 8}.get(kind) or 8 + struct.unpack(">Q", file[at + 16:at + 24])[0]
        if attribute == CKA_ID:
            return size - 8
        at += 16 + size
    return 0


def objects_in_token(server):
    """Keys in the token, by SoftHSM's file format: not the anchor (a CKO_DATA), nor what a kill leaves of a key that SoftHSM was just making: an empty
    file, or an object that has no CKA_ID yet. The server works meanwhile: a file may go before it is read."""
    return sum(is_key(path) for path in (server.directory / "tokens").glob("*/*.object"))


def is_key(path):
    try:
        file = path.read_bytes()
    except FileNotFoundError:
        return False
    return len(file) >= 32 and file[24:32] != bytes(8) and id_bytes(file) > ENCRYPTED_NOTHING


def rows_with_objects(server):
    """How many rows of the database name a key in the token. Enumerations are stored as their texts."""
    database = sqlite3.connect(f"file:{server.data / 'kmaas.db'}?mode=ro", uri=True)
    try:
        imports, = database.execute("SELECT count(*) FROM import_keys").fetchone()
        materials = [bytes(value) for value, in database.execute("SELECT value FROM key_materials")]
    finally:
        database.close()
    # Of imported material that was deleted the row stays, without its object.
    return imports + sum(1 for value in materials if b"resident" in value and b"PENDING_IMPORT" not in value)


class Crash(unittest.TestCase):
    def check_token(self, server, before, ledger):
        """The sweep begins with the server. Rotations that a kill has broken off go on, too: their key is there a moment before its row.
        So does the deletion of imported material, which is gone before its row says so."""
        unnamed = lambda: objects_in_token(server) - before - rows_with_objects(server)  # noqa: E731
        self.assertTrue(until(lambda: unnamed() == 0, 20), f"{unnamed()} keys more in the token than rows name")

    def check_deletion(self, kms, arn, facts):
        """That was not answered: it is done without being asked for again, or was never begun."""
        state = lambda: kms.describe_key(KeyId=arn)["KeyMetadata"]  # noqa: E731
        self.assertTrue(until(lambda: "ValidTo" not in state(), 20), arn)
        facts["states"] = {state()["KeyState"]}

    def check_key(self, kms, arn, facts):
        metadata = kms.describe_key(KeyId=arn)["KeyMetadata"]
        self.assertEqual(metadata["Description"], facts["description"])
        if "alias" in facts:
            self.assertEqual(kms.describe_key(KeyId=facts["alias"])["KeyMetadata"]["Arn"], arn)
        if "tag" in facts:
            self.assertEqual(kms.list_resource_tags(KeyId=arn)["Tags"], [{"TagKey": "n", "TagValue": facts["tag"]}])
        if "policy" in facts:
            self.assertEqual(kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"], facts["policy"])
        if facts.get("grants") is not None:
            self.assertEqual({found["GrantId"] for found in kms.list_grants(KeyId=arn)["Grants"]}, facts["grants"])
        if "states" in facts:
            self.assertIn(metadata["KeyState"], facts["states"])
        if facts.pop("loses_material", None):
            self.check_deletion(kms, arn, facts)
            metadata = kms.describe_key(KeyId=arn)["KeyMetadata"]
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

    def is_without_material(self, kms, arn, facts):
        return "PendingImport" in facts.get("states", ()) and kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "PendingImport"

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

    def plant(self, server, ledger):
        """While the server is down."""
        files = list((server.directory / "tokens").glob("*/*.object"))
        if PLANT == "lost":
            arn = next(iter(ledger.keys))
            ledger.note(arn, description="what was never acknowledged")
        elif PLANT == "live-key":
            max(files, key=lambda path: path.stat().st_mtime if path.read_bytes()[24:32] != bytes(8) else 0).unlink()
        elif PLANT == "orphan":  # a copy, which the sweep takes for the one that a row names
            newest = max(files, key=lambda path: path.stat().st_mtime if path.read_bytes()[24:32] != bytes(8) else 0)
            newest.with_name("00000000-0000-0000-0000-000000000000.object").write_bytes(newest.read_bytes())

    def test_loses_nothing_that_was_acknowledged(self):
        chance = chance_of(f"{KILLS} kills")
        known = {}
        with Server({"lifecycle": {"interval_ms": 20}}) as server:
            # Connections are made anew, which takes less than clients.
            kms, *others = [server.boto3() for _ in range(WRITERS)]
            self.client, *json_clients = [AwsJson(server) for _ in range(WRITERS)]
            before = objects_in_token(server)
            for kill in range(KILLS):
                ledger = Ledger()
                wrapped = wrap_for_import(kms, ledger, f"{kill}-imported-0")
                works = [(import_until_killed, kms, ledger, f"{kill}-imported", wrapped)]
                works += [(write_keys_until_killed, server, other, client, ledger, f"{kill}-{number}")
                          for number, (other, client) in enumerate(zip(others, json_clients), 1)]
                writers = [threading.Thread(target=run_until_killed, args=(ledger, *work)) for work in works]
                for writer in writers:
                    writer.start()
                pause(chance.uniform(*ROUND_SECONDS))
                ledger.ended.set()
                server.kill()
                for writer in writers:
                    writer.join()
                self.assertEqual(ledger.faults, [])
                server.overrides["keys"] = {"default_custody": "wrapped" if kill % 2 else "resident"}
                server.write_config()
                self.plant(server, ledger)
                server.start()
                self.check_token(server, before, ledger)
                for arn, facts in ledger.keys.items():
                    self.check_key(kms, arn, facts)
                known.update(ledger.keys)
                known.update({arn: known.get(arn, {}) for arn in self.check_listing(kms, known)})
            self.assertGreater(len(known), KILLS)
            for fact in ("rotations_asked", "imported", "grants") if not PLANT else ():
                self.assertTrue(any(facts.get(fact) for facts in known.values()), fact)
            for arn, facts in known.items():
                if "blob" in facts and not self.is_without_material(kms, arn, facts):
                    self.assertEqual(kms.decrypt(CiphertextBlob=facts["blob"])["Plaintext"], facts["description"].encode())
            self.assertEqual(json.loads(server.kmaas("token", "sweep", "--dry-run", "--json").stdout), {"unnamed_keys": []})
            swept = sum(1 for event in server.audit_events() if event["eventName"] == "DestroyUnnamedKey")
            self.assertEqual(server.kmaas("audit", "verify").returncode, 0)
            print(f"{len(known)} keys, 0 lost, 0 left in the token, {swept} swept from it", file=sys.stderr)


class CrashInDeletion(unittest.TestCase):
    def objects(self):
        return objects_in_token(self.server)

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
    if "--plant" in sys.argv:  # succeeds when it is found
        at = sys.argv.index("--plant")
        PLANT = sys.argv[at + 1]
        KILLS = 2
        sys.argv[at:at + 2] = ["Crash"]
        found = unittest.main(exit=False).result
        sys.exit(0 if found.failures or found.errors else f"{PLANT} was not found")
    unittest.main(verbosity=2)
