"""Goal: nothing that a call carries in confidence is written anywhere that others read. Method: every operation of KMS's model, and those of
IAM and STS that hand out or take secrets, are called with recognisable plaintexts, messages, policies, materials and passwords; whatever the
answers hold of that kind (ciphertexts, signatures, MACs, data keys, tokens, secret keys) is noted as well. Then audit records, seals and indexes,
the log, what a SIEM gets in each format, and /metrics are searched for each of them, raw, in base64, base64url and hexadecimal. The search is
first shown to find a secret that a caller has put where records do tell it, into an encryption context and a user agent, in each place; and
in each form behind what is written there."""

import base64
import collections
import hashlib
import json
import os
import unittest

from newest_clients import Boto3  # before whatever imports boto3
import botocore.config
from metrics import fetch
from server import until
from service_model_calls import CALLS
from service_model_world import STORE_PIN, World

FORMATS = ("cloudtrail", "cef", "leef", "ocsf", "ecs", "wazuh")
CONFIDENTIAL = {"Plaintext", "CiphertextBlob", "Message", "Signature", "Mac", "PrivateKeyPlaintext", "PrivateKeyCiphertextBlob", "ImportToken",
                "EncryptedKeyMaterial", "KeyStorePassword", "Policy", "ReplicaPolicy", "PolicyDocument", "AssumeRolePolicyDocument", "GrantToken",
                "GrantTokens", "SharedSecret", "SharedSecretCiphertextBlob", "CiphertextForRecipient", "RawSecretAccessKey", "AttestationDocument",
                "SecretAccessKey", "SessionToken", "Base32StringSeed", "QRCodePNG"}
# What calls of the model have in their place is too short to be recognised.
REPLACED = {"Plaintext", "Message", "AttestationDocument", "SharedSecretCiphertextBlob"}
BYTES_MIN = 12
SECRETS_AT_LEAST = 80


def as_bytes(value):
    return value.encode() if isinstance(value, str) else bytes(value)


def forms(secret):
    """In which a secret could lie about; base64 cut so that its alignment does not matter."""
    found = {secret, secret.hex().encode(), secret.hex().upper().encode(), json.dumps(secret.decode("latin-1"))[1:-1].encode()}
    for shift in range(3):
        plain = base64.b64encode(b"\0" * shift + secret)[4 if shift else 0:-4]
        found |= {plain, plain.translate(bytes.maketrans(b"+/", b"-_"))}
    return {form for form in found if len(form) >= BYTES_MIN}


def hits(places, secrets):
    return [(place, what) for place, text in places.items() for secret, what in secrets.items() if any(form in text for form in forms(secret))]


def around(places, found, secrets):
    """What stands before the first of the hits in each place, for whoever mends it."""
    told = {}
    for place, what in found:
        text = places[place]
        at = [text.find(form) for secret, its in secrets.items() if its == what for form in forms(secret) if form in text]
        told.setdefault(place, (what, text[max(0, at[0] - 1000):at[0]]))
    return told


class Confidential:
    """Watches clients: what is short is replaced on its way out, and all that is confidential is noted."""

    def __init__(self):
        self.seed = os.urandom(8)
        self.secrets = {}  # value: where it was seen
        self.seen = collections.Counter()

    def canary(self, original):
        """The same for the same, so that what was signed is what is verified; as long as a digest."""
        return hashlib.sha256(self.seed + as_bytes(original)).digest()

    def watch(self, client):
        client.meta.events.register("provide-client-params.*", self.outgoing)
        client.meta.events.register("after-call.*", self.incoming)
        return client

    def outgoing(self, params, model, **_):
        changed = self.replaced(params)
        self.note(model.name, changed)
        return changed

    def incoming(self, parsed, model, **_):
        self.note(model.name, {name: value for name, value in parsed.items() if name != "Error"})  # whose Message records do have

    def replaced(self, value):
        if not isinstance(value, dict):
            return value
        return {name: self.canary(one) if name in REPLACED and isinstance(one, (bytes, str)) else self.replaced(one) for name, one in value.items()}

    def note(self, operation, value):
        if isinstance(value, dict):
            for name, one in value.items():
                if name in CONFIDENTIAL:
                    for secret in one if isinstance(one, list) else [one]:
                        self.add(secret, f"{operation}.{name}")
                        self.seen[name] += 1
                else:
                    self.note(operation, one)
        elif isinstance(value, list):
            for one in value:
                self.note(operation, one)

    def add(self, secret, what):
        if isinstance(secret, (bytes, str)) and len(secret) >= BYTES_MIN:
            self.secrets.setdefault(as_bytes(secret), what)


class CanaryWorld(World):
    """With a destination of each format, and a log that says everything."""

    def __init__(self, confidential):
        super().__init__()
        self.confidential = confidential
        self.server.overrides |= {
            "log": {"format": "json", "level": "debug"},
            "siem": [{"name": one, "transport": "file", "file": str(self.server.directory / f"siem-{one}.log"), "format": one,
                      "heartbeat_seconds": 0} for one in FORMATS]}

    def fill(self):
        super().fill()
        self.confidential.watch(self.kms)
        self.mark = "Canary" + os.urandom(12).hex()
        self.confidential.add(self.mark, "a condition of a policy")
        self.policy = self.marked(self.policy, Principal="*")
        self.sealed = self.kms.encrypt(KeyId=self.symmetric, Plaintext=b"a secret", EncryptionContext={"a": "1"})["CiphertextBlob"]

    def marked(self, policy, **who):
        """With a statement that never matters. Not its Sid: records name the statement that decided."""
        document = json.loads(policy)
        action = document["Statement"][0]["Action"]
        document["Statement"].append({"Effect": "Deny", **who, "Action": action, **({} if "sts" in action else {"Resource": "*"}),
                                      "Condition": {"StringEquals": {"aws:UserAgent": self.mark}}})
        return json.dumps(document)

    def wrapped(self, key, material):
        self.confidential.add(material, "an imported material")
        return super().wrapped(key, material)


class AuditCanaries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.confidential = Confidential()
        cls.world = CanaryWorld(cls.confidential).__enter__()
        cls.addClassCleanup(cls.world.__exit__)
        cls.server = cls.world.server
        for secret, what in ((cls.server.user_pin, "the PIN"), (cls.server.so_pin, "the SO PIN"), (STORE_PIN, "a key store's password"),
                             (cls.server.credentials["secret_access_key"], "the administrator's secret key")):
            cls.confidential.add(secret, what)

    def places(self):
        """All that is written for others, when the destinations have the newest record."""
        newest = lambda: self.server.audit_records()[-1]["eventID"]  # noqa: E731
        files = {f"siem-{one}": self.server.directory / f"siem-{one}.log" for one in FORMATS}
        self.assertTrue(until(lambda: all(path.exists() and newest() in path.read_text() for path in files.values())))
        files |= {f"audit/{path.name}": path for path in (self.server.data / "audit").iterdir() if path.is_file()}
        files["log"] = self.server.log_path
        return {name: path.read_bytes() for name, path in files.items()} | {"metrics": fetch(self.server)[2].encode()}

    def plant_a_leak(self):
        """Encryption contexts and user agents are no secrets, and so records have them: who puts one there has told it."""
        secret = os.urandom(24)
        told = [form.decode() for form in forms(secret) if all(32 <= byte < 127 for byte in form)]
        config = botocore.config.Config(user_agent_extra=" ".join(told), retries={"max_attempts": 0})
        self.server.boto3(config=config).encrypt(KeyId=self.world.symmetric, Plaintext=b"x", EncryptionContext={str(number): form for number, form in enumerate(told)})
        return secret

    def check_that_a_leak_is_found(self):
        planted = {self.plant_a_leak(): "planted"}
        places = self.places()
        found = {place for place, _ in hits(places, planted)}
        self.assertLessEqual({f"siem-{one}" for one in FORMATS}, found)
        self.assertTrue(any(place.startswith("audit/audit-") for place in found), found)
        for place, text in places.items():
            for secret in planted:
                for form in forms(secret):
                    self.assertEqual(hits({place: text + form}, planted), [(place, "planted")])

    def call_everything(self, client):
        called = set()
        for call in CALLS:
            answer = client.call(call.operation, call.request(self.world))
            self.assertIsNone(answer.unsent, f"{call.operation} {call.label}: {answer}")
            self.assertEqual(bool(answer.error), bool(call.error), f"{call.operation} {call.label}: {answer}")
            called.add(call.operation)
        self.assertEqual(called, set(client.model.operation_names))

    def call_for_credentials(self):
        iam = self.confidential.watch(self.server.boto3("iam"))
        document = self.world.marked('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}')
        trust = self.world.marked(json.dumps({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{self.server.account}:root"}, "Action": "sts:AssumeRole"}]}), Principal="*")
        iam.create_user(UserName="canary")
        key = iam.create_access_key(UserName="canary")["AccessKey"]
        iam.put_user_policy(UserName="canary", PolicyName="all", PolicyDocument=document)
        iam.get_user_policy(UserName="canary", PolicyName="all")
        iam.create_virtual_mfa_device(VirtualMFADeviceName="canary")
        role = iam.create_role(RoleName="canary", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        iam.put_role_policy(RoleName="canary", PolicyName="all", PolicyDocument=document)
        sts = self.confidential.watch(self.server.boto3("sts", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]))
        for given in (sts.get_session_token(), sts.assume_role(RoleArn=role, RoleSessionName="canary", Policy=document)):
            session = given["Credentials"]
            self.server.boto3("kms", aws_access_key_id=session["AccessKeyId"], aws_secret_access_key=session["SecretAccessKey"],
                              aws_session_token=session["SessionToken"]).list_keys()

    def test_nothing_confidential_is_told_to_others(self):
        self.check_that_a_leak_is_found()
        client = Boto3(self.server)
        self.confidential.watch(client.client)
        self.addCleanup(client.close)
        self.call_everything(client)
        self.call_for_credentials()
        secrets = self.confidential.secrets
        self.assertGreater(len(secrets), SECRETS_AT_LEAST)
        unseen = {"ReplicaPolicy", "CiphertextForRecipient", "QRCodePNG"}  # answers that this server does not give here
        self.assertLessEqual(CONFIDENTIAL - unseen, set(self.confidential.seen))
        places = self.places()
        found = hits(places, secrets)
        self.assertEqual(found, [], around(places, found, secrets))
        print(f"{len(secrets)} secrets of {len(set(secrets.values()))} kinds in {sum(map(len, places.values()))} bytes of {len(places)} places: 0 found")


if __name__ == "__main__":
    unittest.main(verbosity=2)
