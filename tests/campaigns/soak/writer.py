"""Changes that are taken back, one after the other, so that the store stays as large as it is."""

import json
import threading
import time

PAUSE_SECONDS = 0.05


class Writer(threading.Thread):
    def __init__(self, server):
        super().__init__(daemon=True)
        self.kms, self.ended = server.boto3(), threading.Event()
        self.key = self.kms.create_key()["KeyMetadata"]["Arn"]
        self.policy = self.kms.get_key_policy(KeyId=self.key, PolicyName="default")["Policy"]
        self.root = json.loads(self.policy)["Statement"][0]["Principal"]["AWS"]
        self.changes, self.failures = 0, []

    def steps(self):
        kms, key = self.kms, self.key
        yield lambda: kms.tag_resource(KeyId=key, Tags=[{"TagKey": "soak", "TagValue": str(self.changes)}])
        yield lambda: kms.untag_resource(KeyId=key, TagKeys=["soak"])
        yield lambda: kms.create_alias(AliasName="alias/soak", TargetKeyId=key)
        yield lambda: kms.delete_alias(AliasName="alias/soak")
        grant = {}
        yield lambda: grant.update(kms.create_grant(KeyId=key, GranteePrincipal=self.root, Operations=["Decrypt"]))
        yield lambda: kms.revoke_grant(KeyId=key, GrantId=grant["GrantId"])
        yield lambda: kms.put_key_policy(KeyId=key, PolicyName="default", Policy=self.policy)
        yield lambda: kms.update_key_description(KeyId=key, Description=str(self.changes))
        yield lambda: kms.disable_key(KeyId=key)
        yield lambda: kms.enable_key(KeyId=key)
        yield lambda: kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        yield lambda: kms.cancel_key_deletion(KeyId=key)
        yield lambda: kms.enable_key(KeyId=key)

    def run(self):
        while not self.ended.is_set():
            for step in self.steps():
                try:
                    step()
                except Exception as failure:  # noqa: BLE001: whatever it is, a caller would have seen it
                    self.failures.append(f"{time.time():.3f} {type(failure).__name__}: {str(failure)[:200]}")
                self.changes += 1
                self.ended.wait(PAUSE_SECONDS)

    def summary(self):
        return f"{self.changes} changes, {len(self.failures)} failed"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join(60)
