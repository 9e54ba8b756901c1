"""Goal: no plaintext, data key or PIN stays behind. Method: canaries go in over both front ends, then database, write-ahead log,
audit, server log and a core dump are searched for them, raw, in base64 and in hexadecimal. The search is first shown to find a
canary that was planted."""

import base64
import os
import pathlib
import subprocess
import unittest

import kms_grpc
from server import Server, pause

ROUNDS = int(os.environ.get("KMAAS_CANARY_ROUNDS", "500"))
SETTLE_SECONDS = 5
PAGE_BYTES = 4096
PAIRS_EVERY = 50
DATA_KEYS_SOUGHT = 40  # each is random, so each costs its own searches through the dump


def spellings(secret):
    """The forms in which a secret could lie about. Base64 is cut so that its alignment does not matter."""
    forms = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    for shift in range(3):
        forms.add(base64.b64encode(b"\0" * shift + secret)[4 if shift else 0:-4])
    return {form for form in forms if len(form) >= 12}


def scalar_of(pkcs8):
    """The secret number of a private key on P-256."""
    from cryptography.hazmat.primitives import serialization
    return serialization.load_der_private_key(pkcs8, None).private_numbers().private_value.to_bytes(32, "big")


def find(haystack, secrets):
    return [name for name, secret in secrets.items() if any(form in haystack for form in spellings(secret))]


def without_zero_pages(dump):
    """Most of a dump is memory that was reserved and never touched."""
    pages = (dump[start:start + PAGE_BYTES] for start in range(0, len(dump), PAGE_BYTES))
    return b"".join(page for page in pages if page.count(0) != len(page))


class Canaries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(overrides={"process": {"core_dumps": True}, "log": {"format": "json", "level": "debug"}}).__enter__()
        cls.addClassCleanup(cls.server.__exit__)

    def send_canaries(self):
        mark = os.urandom(24)  # every plaintext begins with it: one search finds any of them
        secrets = {"PIN": self.server.user_pin.encode(), "SO PIN": self.server.so_pin.encode(), "a plaintext": mark}
        kms = self.server.boto3()
        messages, stubs = kms_grpc.load()
        arn = kms.create_key()["KeyMetadata"]["Arn"]
        self.signing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
        self.mac = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
        with self.server.grpc_channel() as channel:
            grpc = stubs.KeyManagementServiceStub(channel)
            for i in range(ROUNDS):
                plaintext = mark + os.urandom(24)
                if i % 2:
                    blob = kms.encrypt(KeyId=arn, Plaintext=plaintext)["CiphertextBlob"]
                    self.assertEqual(kms.decrypt(CiphertextBlob=blob)["Plaintext"], plaintext)
                    data_key = kms.generate_data_key(KeyId=arn, KeySpec="AES_256")["Plaintext"]
                else:
                    blob = grpc.Encrypt(messages.EncryptRequest(key_id=arn, plaintext=plaintext)).ciphertext_blob
                    self.assertEqual(grpc.Decrypt(messages.DecryptRequest(ciphertext_blob=blob)).plaintext, plaintext)
                    data_key = grpc.GenerateDataKey(messages.GenerateDataKeyRequest(key_id=arn, key_spec="AES_256")).plaintext
                if i >= ROUNDS - DATA_KEYS_SOUGHT:
                    secrets[f"data key {i}"] = data_key
                if i % PAIRS_EVERY == 1:
                    secrets |= self.send_to_others(kms, arn, plaintext, i)
        return secrets

    def send_to_others(self, kms, arn, plaintext, number):
        """The plaintext as what is signed and authenticated; gives the private key of a data key pair."""
        kms.sign(KeyId=self.signing, Message=plaintext, SigningAlgorithm="ECDSA_SHA_256")
        kms.generate_mac(KeyId=self.mac, Message=plaintext, MacAlgorithm="HMAC_SHA_256")
        pair = kms.generate_data_key_pair(KeyId=arn, KeyPairSpec="ECC_NIST_P256")
        return {f"private key {number}": scalar_of(pair["PrivateKeyPlaintext"])}

    def core_dump(self):
        base = self.server.directory / "core"
        subprocess.run(["gcore", "-o", str(base), str(self.server.process.pid)], check=True, capture_output=True, timeout=120)
        return without_zero_pages(pathlib.Path(f"{base}.{self.server.process.pid}").read_bytes())

    def test_leaves_no_secret_behind(self):
        secrets = self.send_canaries()
        pause(SETTLE_SECONDS)
        core = self.core_dump()
        files = [path for path in self.server.data.rglob("*") if path.is_file()] + [self.server.log_path]
        self.assertTrue(any(path.suffix == ".jsonl" for path in files) and any(path.suffix == ".db" for path in files))
        for path in files:
            self.assertEqual(find(path.read_bytes(), secrets), [], path)
        found = find(core, secrets)
        self.assertEqual(found, [], f"{len(found)} of {len(secrets)} secrets in the core dump")

    def test_finds_a_canary_that_was_planted(self):
        secret = os.urandom(32)
        for form in spellings(secret):
            self.assertEqual(find(b"before" + form + b"after", {"planted": secret}), ["planted"])
        self.assertEqual(find(b"." + base64.b64encode(b"ab" + secret + b"cd"), {"planted": secret}), ["planted"])
        self.server.boto3().list_keys()
        # The access key id is public and must be in memory: the dump does contain what the process holds.
        self.assertIn(self.server.credentials["access_key_id"].encode(), self.core_dump())


if __name__ == "__main__":
    unittest.main(verbosity=2)
