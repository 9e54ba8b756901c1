"""Goal: five seconds after the last of many requests no secret of them is in the server's memory. Method: plaintexts, data keys, private
keys, imported material, secrets of access keys and sessions, and PINs go through the server; a core image is searched for each of them,
also as big numbers lie in memory. The search is first shown secrets that are still there."""

import concurrent.futures
import os
import pathlib
import subprocess
import unittest

import imported_keys
import kms_grpc
from canary_test import scalar_of, spellings, without_zero_pages
from server import BUILD, Server, pause, softhsm_module

REQUESTS = int(os.environ.get("KMAAS_MEMORY_REQUESTS", "1000"))
SETTLE_SECONDS = 5
CLIENTS = 4
# Requests of each client and kind; of each kind so many answers are searched for: each costs passes through the image.
KINDS = 5
SOUGHT = 12
KEEPS_EVERY = 10


class Requests:
    """What one client sends; `secrets` are those to be searched for."""

    def __init__(self, server, arn, signing, mark, number):
        self.kms, self.arn, self.signing, self.mark, self.number = server.boto3(), arn, signing, mark, number
        self.secrets, self.sent = {}, 0
        self.messages, self.stubs = kms_grpc.load()
        self.server = server

    def keep(self, kind, secret):
        if sum(name.startswith(kind) for name in self.secrets) < SOUGHT:
            self.secrets[f"{kind} {self.number}.{self.sent}"] = secret

    def run(self, count):
        with self.server.grpc_channel() as channel:
            grpc = self.stubs.KeyManagementServiceStub(channel)
            while self.sent < count:
                plaintext = self.mark + os.urandom(24)
                blob = self.kms.encrypt(KeyId=self.arn, Plaintext=plaintext)["CiphertextBlob"]
                assert self.kms.decrypt(CiphertextBlob=blob)["Plaintext"] == plaintext
                assert grpc.Decrypt(self.messages.DecryptRequest(ciphertext_blob=blob)).plaintext == plaintext
                self.keep("data key", self.kms.generate_data_key(KeyId=self.arn, KeySpec="AES_256")["Plaintext"])
                request = self.messages.GenerateDataKeyRequest(key_id=self.arn, key_spec="AES_256")
                self.keep("gRPC data key", grpc.GenerateDataKey(request).plaintext)
                self.sent += KINDS
                if self.sent % (KINDS * KEEPS_EVERY) == 0:
                    self.rarer(plaintext)
        return self

    def rarer(self, plaintext):
        self.kms.sign(KeyId=self.signing, Message=plaintext, SigningAlgorithm="ECDSA_SHA_256")
        pair = self.kms.generate_data_key_pair(KeyId=self.arn, KeyPairSpec="ECC_NIST_P256")
        self.keep("private key", scalar_of(pair["PrivateKeyPlaintext"]))
        self.sent += 2


def as_number(secret):
    """How OpenSSL's numbers lie in memory: the least byte first."""
    return secret[::-1]


class Memory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(overrides={"process": {"core_dumps": True}}).__enter__()
        cls.addClassCleanup(cls.server.__exit__)

    def credentials(self):
        """The secrets of whoever calls, of new access keys that are used, and of a session."""
        iam, sts = self.server.boto3("iam"), self.server.boto3("sts")
        secrets = {"secret of the administrator": self.server.credentials["secret_access_key"].encode()}
        iam.create_user(UserName="canary")
        made = iam.create_access_key(UserName="canary")["AccessKey"]
        secrets["secret access key"] = made["SecretAccessKey"].encode()
        own = self.server.boto3("sts", aws_access_key_id=made["AccessKeyId"], aws_secret_access_key=made["SecretAccessKey"])
        own.get_caller_identity()
        session = sts.get_session_token()["Credentials"]
        secrets["secret of a session"] = session["SecretAccessKey"].encode()
        self.server.boto3("sts", aws_access_key_id=session["AccessKeyId"], aws_secret_access_key=session["SecretAccessKey"],
                          aws_session_token=session["SessionToken"]).get_caller_identity()
        return secrets

    def imported(self, kms):
        material = os.urandom(32)
        arn = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["Arn"]
        algorithm = "RSAES_OAEP_SHA_256"
        given = kms.get_parameters_for_import(KeyId=arn, WrappingAlgorithm=algorithm, WrappingKeySpec="RSA_2048")
        kms.import_key_material(KeyId=arn, ImportToken=given["ImportToken"], ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE",
                                EncryptedKeyMaterial=imported_keys.wrap_by_python(algorithm, given["PublicKey"], material))
        kms.encrypt(KeyId=arn, Plaintext=b"x")
        return {"imported material": material}

    def send(self):
        kms = self.server.boto3()
        arn = kms.create_key()["KeyMetadata"]["Arn"]
        signing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
        mark = os.urandom(24)
        secrets = {"PIN": self.server.user_pin.encode(), "SO PIN": self.server.so_pin.encode(), "a plaintext": mark}
        secrets |= self.credentials() | self.imported(kms)
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            clients = [Requests(self.server, arn, signing, mark, number) for number in range(CLIENTS)]
            done = list(pool.map(lambda client: client.run(REQUESTS // CLIENTS), clients))
        for client in done:
            secrets |= client.secrets
        return secrets, sum(client.sent for client in done)

    def image(self, server=None):
        server = server or self.server
        base = server.directory / "core"
        subprocess.run(["gcore", "-o", str(base), str(server.process.pid)], check=True, capture_output=True, timeout=300)
        path = pathlib.Path(f"{base}.{server.process.pid}")
        image = without_zero_pages(path.read_bytes())
        path.unlink()
        return image

    def found_in(self, image, secrets):
        return [name for name, secret in secrets.items() if any(form in image for form in spellings(secret) | {as_number(secret)})]

    def test_forgets_every_secret(self):
        secrets, sent = self.send()
        pause(SETTLE_SECONDS)
        image = self.image()
        found = self.found_in(image, secrets)
        print(f"{sent} requests, {len(secrets)} secrets sought in {len(image) >> 20} MiB: {len(found)} found")
        self.assertGreaterEqual(sent, REQUESTS)
        self.assertEqual(found, [])

    def test_finds_a_pin_that_a_module_keeps(self):
        settings = {"module": str(BUILD / "tests/attacker/libattacker.so"), "environment": {"KMAAS_ATTACK_MODULE": softhsm_module()}}
        with Server(overrides={"hsm": settings, "process": {"core_dumps": True}}) as server:
            self.assertEqual(self.found_in(self.image(server), {"PIN": server.user_pin.encode()}), ["PIN"])

    def test_finds_what_is_still_in_use(self):
        """The private key of TLS is in memory as long as the server serves (docs/threat-model.md): the search must see it."""
        from cryptography.hazmat.primitives import serialization
        key = serialization.load_pem_private_key(pathlib.Path(self.server.credentials["server_key_file"]).read_bytes(), None)
        scalar = key.private_numbers().private_value.to_bytes((key.curve.key_size + 7) // 8, "big")
        self.server.boto3().list_keys()
        self.assertEqual(self.found_in(self.image(), {"TLS": scalar, "nothing": os.urandom(32)}), ["TLS"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
