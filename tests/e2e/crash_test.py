"""Goal: SIGKILL under a write load loses no acknowledged key, alias, tag or policy, and every key stays usable.

Method: writers keep a ledger of what the server acknowledged; the server is killed at a random moment; after each restart the
ledger is compared with the store, and every key of the round encrypts and decrypts. The seed is printed.
"""

import json
import os
import random
import sys
import threading
import unittest

from server import Server, pause

KILLS = int(os.environ.get("KMAAS_CRASH_KILLS", "50"))
WRITERS = 4
ROUND_SECONDS = (0.15, 0.9)


class Ledger:
    """What was acknowledged: key ARN to its description, alias, tags, policy; and ciphertexts with their plaintexts."""

    def __init__(self):
        self.lock = threading.Lock()
        self.keys = {}

    def note(self, arn, **facts):
        with self.lock:
            self.keys.setdefault(arn, {}).update(facts)


def policy_of(account, sid):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": sid, "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                                                               "Action": "kms:*", "Resource": "*"}]})


def write_until_killed(server, ledger, name):
    kms = server.boto3()
    number = 0
    try:
        while True:
            number += 1
            label = f"{name}-{number}"
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
            kms.disable_key(KeyId=arn)
            ledger.note(arn, disabled=True)
    except Exception:  # the kill
        return


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
        if "disabled" in facts:
            self.assertEqual(metadata["KeyState"], "Disabled")
        if metadata["KeyState"] == "Disabled":
            kms.enable_key(KeyId=arn)
        plaintext = facts["description"].encode()
        blob = facts.get("blob") or kms.encrypt(KeyId=arn, Plaintext=plaintext)["CiphertextBlob"]
        self.assertEqual(kms.decrypt(CiphertextBlob=blob)["Plaintext"], plaintext)

    def check_listing(self, kms, known):
        listed = [key["KeyArn"] for page in kms.get_paginator("list_keys").paginate() for key in page["Keys"]]
        self.assertLessEqual(set(known), set(listed))
        for arn in set(listed) - set(known):  # made but not acknowledged: whole and usable all the same
            blob = kms.encrypt(KeyId=arn, Plaintext=b"x")["CiphertextBlob"]
            self.assertEqual(kms.decrypt(CiphertextBlob=blob)["Plaintext"], b"x")
        return listed

    def test_loses_nothing_that_was_acknowledged(self):
        seed = int(os.environ.get("KMAAS_CRASH_SEED", str(random.randrange(1 << 32))))
        print(f"seed {seed}, {KILLS} kills", file=sys.stderr)
        chance = random.Random(seed)
        known = {}
        with Server() as server:
            for kill in range(KILLS):
                ledger = Ledger()
                writers = [threading.Thread(target=write_until_killed, args=(server, ledger, f"{kill}-{w}")) for w in range(WRITERS)]
                for writer in writers:
                    writer.start()
                pause(chance.uniform(*ROUND_SECONDS))
                server.kill()
                for writer in writers:
                    writer.join()
                server.start()
                kms = server.boto3()
                for arn, facts in ledger.keys.items():
                    self.check_key(kms, arn, facts)
                known.update(ledger.keys)
                known.update({arn: known.get(arn, {}) for arn in self.check_listing(kms, known)})
            self.assertGreater(len(known), KILLS)
            for blob, label in [(facts["blob"], facts["description"]) for facts in known.values() if "blob" in facts]:
                self.assertEqual(kms.decrypt(CiphertextBlob=blob)["Plaintext"], label.encode())
            self.assertEqual(server.kmaas("audit", "verify").returncode, 0)
            print(f"{len(known)} keys, 0 lost", file=sys.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
