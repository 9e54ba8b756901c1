"""Goal: a backup that is made under load makes a node on which every key is usable that was acknowledged before the backup began: keys of all
kinds, imported and rotated ones, with their aliases and grants.

Method: writers keep a ledger of what the server acknowledged. Each drill takes what is in it, makes a backup beside the running server,
restores it to an empty node with a copy of the token while the writers go on, has two persons accept it, starts the node and uses every key.

    backup_drills.py [--drills 100] [--seed N] [--plant without-wal|older]
"""

import argparse
import contextlib
import os
import pathlib
import random
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "e2e"))
from backup_node import Node, restore, two_consents  # noqa: E402
from kms_json import Fault, KmsJson  # noqa: E402
from people import make_acceptors  # noqa: E402
from server import Server, until  # noqa: E402

WRITERS = 2
KINDS = {"SYMMETRIC_DEFAULT": "ENCRYPT_DECRYPT", "HMAC_256": "GENERATE_VERIFY_MAC", "ECC_NIST_P256": "SIGN_VERIFY", "ECC_NIST_P384": "SIGN_VERIFY",
         "RSA_2048": "SIGN_VERIFY"}
ALGORITHMS = {"ECC_NIST_P256": "ECDSA_SHA_256", "ECC_NIST_P384": "ECDSA_SHA_384", "RSA_2048": "RSASSA_PSS_SHA_256"}
KEYS_MAX = 400  # then the writers go on with those that there are
TOKEN_COPIES_MAX = 50


class Ledger:
    def __init__(self):
        self.lock = threading.Lock()
        self.keys = {}  # ARN to its facts

    def note(self, arn, **facts):
        with self.lock:
            self.keys.setdefault(arn, {"grants": set(), "rotations": 0, "proofs": []}).update(facts)

    def add(self, arn, name, value):
        with self.lock:
            if name == "rotations":
                self.keys[arn][name] += value
            elif name == "proofs":
                self.keys[arn][name] = (self.keys[arn][name] + [value])[-4:]
            else:
                self.keys[arn][name].add(value)

    def mark(self):
        """What was acknowledged up to now."""
        with self.lock:
            return {arn: {name: value.copy() if hasattr(value, "copy") else value for name, value in facts.items()} for arn, facts in self.keys.items()}


def prove(kms, arn, kind, text):
    """What only this key can have made of the text."""
    if kind == "SYMMETRIC_DEFAULT":
        return kms.patiently("Encrypt", KeyId=arn, Plaintext=text)["CiphertextBlob"]
    if kind == "HMAC_256":
        return kms.patiently("GenerateMac", KeyId=arn, Message=text, MacAlgorithm="HMAC_SHA_256")["Mac"]
    return kms.patiently("Sign", KeyId=arn, Message=text, SigningAlgorithm=ALGORITHMS[kind])["Signature"]


def holds(kms, arn, kind, text, proof):
    if kind == "SYMMETRIC_DEFAULT":
        return kms.patiently("Decrypt", CiphertextBlob=proof)["Plaintext"] == text
    if kind == "HMAC_256":
        return kms.patiently("VerifyMac", KeyId=arn, Message=text, Mac=proof, MacAlgorithm="HMAC_SHA_256")["MacValid"]
    return kms.patiently("Verify", KeyId=arn, Message=text, Signature=proof, SigningAlgorithm=ALGORITHMS[kind])["SignatureValid"]


class Writer(threading.Thread):
    def __init__(self, server, ledger, seed, number):
        super().__init__(daemon=True)
        self.kms, self.ledger, self.random, self.number = KmsJson(server), ledger, random.Random(seed + number), number
        self.account, self.made, self.stop, self.faults = server.account, 0, threading.Event(), []

    def run(self):
        while not self.stop.is_set():
            try:
                self.step()
            except (Fault, OSError) as fault:
                self.faults.append(repr(fault))
                return

    def new_key(self):
        self.made += 1
        kind = self.random.choice(list(KINDS)) if self.random.random() < 0.9 else "imported"
        if kind == "imported":
            arn, kind = self.kms.import_key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", os.urandom(32)), "SYMMETRIC_DEFAULT"
            self.ledger.note(arn, kind=kind, imported=True)
        else:
            arn = self.kms.make_key(kind, KINDS[kind], Description=f"writer {self.number}")
            self.ledger.note(arn, kind=kind, imported=False)
        alias = f"alias/writer-{self.number}-{self.made}"
        self.kms.patiently("CreateAlias", AliasName=alias, TargetKeyId=arn)
        self.ledger.note(arn, alias=alias)
        return arn

    def step(self):
        known = list(self.ledger.mark().items())
        mine = [arn for arn, facts in known if facts.get("alias", "").startswith(f"alias/writer-{self.number}-")]
        arn = self.new_key() if not mine or (len(known) < KEYS_MAX and self.random.random() < 0.3) else self.random.choice(mine)
        facts = dict(self.ledger.keys[arn])
        text = os.urandom(16)
        self.ledger.add(arn, "proofs", (text, prove(self.kms, arn, facts["kind"], text)))
        if self.random.random() < 0.3 and len(facts["grants"]) < 5:
            operations = {"SIGN_VERIFY": ["Sign"], "GENERATE_VERIFY_MAC": ["GenerateMac"], "ENCRYPT_DECRYPT": ["Decrypt"]}[KINDS[facts["kind"]]]
            grant = self.kms.patiently("CreateGrant", KeyId=arn, GranteePrincipal=f"arn:aws:iam::{self.account}:root", Operations=operations,
                                  Name=f"grant-{self.random.randrange(1 << 60)}")
            self.ledger.add(arn, "grants", grant["GrantId"])
        if facts["kind"] == "SYMMETRIC_DEFAULT" and not facts["imported"] and facts["rotations"] < 5 and self.random.random() < 0.3:
            self.rotate(arn)

    def rotate(self, arn):
        try:
            self.kms.patiently("RotateKeyOnDemand", KeyId=arn)
        except Fault as fault:
            if fault.name != "ConflictException":  # the last one is still under way
                raise
            return
        self.ledger.add(arn, "rotations", 1)


def copy_token(server, node):
    """The token is files that the server writes to: while they are copied, a new anchor comes before the old one goes. All that stand there at one moment."""
    source, target = server.directory / "tokens", node.directory / "tokens"
    shutil.rmtree(target, ignore_errors=True)
    for _ in range(TOKEN_COPIES_MAX):
        names = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
        for name in names:
            (target / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with contextlib.suppress(FileNotFoundError):
                shutil.copy2(source / name, target / name)
        copied = {path.relative_to(target) for path in target.rglob("*") if path.is_file()}
        for gone in copied - names:
            (target / gone).unlink()
        if names <= copied:
            return
    raise RuntimeError("the token cannot be copied")


def rotations_of(kms, arn, wanted):
    """One that was under way is done by the node that comes after."""
    found = []
    until(lambda: len(found) >= wanted or found.extend(kms.call("ListKeyRotations", KeyId=arn)["Rotations"][len(found):]) or len(found) >= wanted)
    return len(found)


def check(node, mark):
    """Keys that are not there as they were, and keys that do not work."""
    kms, lost, unusable = KmsJson(node), [], []
    for arn, facts in mark.items():
        try:
            shown = kms.call("DescribeKey", KeyId=facts.get("alias", arn))["KeyMetadata"]
            grants = {grant["GrantId"] for grant in kms.call("ListGrants", KeyId=arn, Limit=100)["Grants"]}
            rotations = rotations_of(kms, arn, facts["rotations"])
        except Fault as fault:
            lost.append(f"{arn}: {fault}")
            continue
        if shown["Arn"] != arn or not facts["grants"] <= grants or rotations < facts["rotations"]:
            lost.append(f"{arn}: alias of {shown['Arn']}, {len(facts['grants'] - grants)} grants and "
                        f"{facts['rotations'] - rotations} rotations are missing")
        try:
            proofs = facts["proofs"] + [(b"made anew", prove(kms, arn, facts["kind"], b"made anew"))]
            if not all(holds(kms, arn, facts["kind"], text, proof) for text, proof in proofs):
                unusable.append(f"{arn}: wrong answer")
        except Fault as fault:
            unusable.append(f"{arn}: {fault}")
    kms.close()
    return lost, unusable


def bring(server, node, file, plant):
    if plant == "without-wal":
        shutil.copy2(server.directory / "plain.db", node.data / "kmaas.db")
        shutil.copy2(server.data / "grpc-principals.yaml", node.data)
        return {"may_serve": False}
    return restore(node, file)


def drill(server, ledger, people, number, plant):
    file = server.directory / f"drill-{number}.backup"
    before = server.directory / "before.backup"
    mark = ledger.mark()
    shutil.copy2(server.data / "kmaas.db", server.directory / "plain.db")  # as whoever forgets the WAL copies it
    begun = time.monotonic()
    server.kmaas("backup", file)
    took = time.monotonic() - begun
    server.kmaas("backup", "verify", file)
    with Node(server) as node:
        copy_token(server, node)
        said = bring(server, node, before if plant == "older" else file, plant)
        try:
            if not said["may_serve"]:
                two_consents(node, people)
            node.start()
        except (RuntimeError, subprocess.CalledProcessError) as failure:
            return mark, [f"no node came of it: {failure}"], [], took
        lost, unusable = check(node, mark)
    file.unlink()
    return mark, lost, unusable, took


def run(arguments):
    all_lost, all_unusable, keys, slowest = 0, 0, 0, 0.0
    with Server() as server:
        people = make_acceptors(server)
        server.kmaas("backup", server.directory / "before.backup")
        ledger = Ledger()
        writers = [Writer(server, ledger, arguments.seed, number) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        for number in range(arguments.drills):
            while len(ledger.mark()) < 6 * WRITERS and not any(writer.faults for writer in writers):
                time.sleep(0.05)  # until there is something to lose
            mark, lost, unusable, took = drill(server, ledger, people, number, arguments.plant)
            for line in (lost + unusable)[:10]:
                print(line)
            all_lost, all_unusable, keys, slowest = all_lost + len(lost), all_unusable + len(unusable), keys + len(mark), max(slowest, took)
            print(f"drill {number + 1}: {len(mark)} keys, {len(lost)} lost, {len(unusable)} unusable, backup in {took:.2f} s", flush=True)
        for writer in writers:
            writer.stop.set()
        for writer in writers:
            writer.join()
        faults = [fault for writer in writers for fault in writer.faults]
    for fault in faults:
        print(f"a writer was refused: {fault}")
    good = all_lost == 0 and all_unusable == 0 and not faults
    print(f"{arguments.drills} drills, {keys} keys looked at, {all_lost} lost, {all_unusable} unusable, {len(faults)} refused writers, slowest backup "
          f"{slowest:.2f} s{'' if good else '; NOT AS PROMISED'}")
    return 0 if good else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--drills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--plant", choices=("without-wal", "older"))
    given = parser.parse_args()
    print(f"seed {given.seed}")
    sys.exit(run(given))
