"""Attestation documents made in Python, and what the server answers to their recipients, opened by OpenSSL and by hand."""

import base64
import datetime
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.x509.oid import NameOID

import kms_grpc
from server import Server

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))
from golden_cases import AwsJson  # noqa: E402

IMAGE = hashlib.sha384(b"image").digest()
RSA_OAEP = bytes.fromhex("2a864886f70d010107")
AES_256_CBC = bytes.fromhex("60864801650304012a")


def head(major, argument):
    """The head of a CBOR item (RFC 8949) in its shortest form."""
    if argument < 24:
        return bytes([major << 5 | argument])
    width = next(width for width in (1, 2, 4, 8) if argument < 1 << 8 * width)
    return bytes([major << 5 | 24 + (1, 2, 4, 8).index(width)]) + argument.to_bytes(width, "big")


def cbor(value):
    if value is None:
        return b"\xf6"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    return head(5, len(value)) + b"".join(cbor(name) + cbor(one) for name, one in value.items())


class Authority:
    """A root, an authority below it, and the certificate of what signs documents."""

    def __init__(self):
        self.root = self.make("root", None)
        self.between = self.make("between", self.root)
        self.signer = self.make("signer", self.between, authority=False)

    def make(self, name, issuer, authority=True):
        key = ec.generate_private_key(ec.SECP384R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signing_key, issuer_name = (issuer[0], issuer[1].subject) if issuer else (key, subject)
        now = datetime.datetime.utcnow()
        certificate = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer_name).public_key(key.public_key())
                       .serial_number(x509.random_serial_number())
                       .not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(hours=3))
                       .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
                       .add_extension(x509.KeyUsage(not authority, False, False, False, False, authority, False, False, False), critical=True)
                       .sign(signing_key, hashes.SHA384()))
        return key, certificate

    @staticmethod
    def der(identity):
        return identity[1].public_bytes(serialization.Encoding.DER)

    def root_pem(self):
        return self.root[1].public_bytes(serialization.Encoding.PEM).decode()

    def document(self, recipient, registers="pcrs", age_seconds=0):
        public_key = recipient.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        payload = cbor({"module_id": "i-0123-enc0123", "digest": "SHA384", "timestamp": int((time.time() - age_seconds) * 1000),
                        registers: {0: IMAGE, 1: bytes(48)}, "certificate": self.der(self.signer),
                        "cabundle": [self.der(self.root), self.der(self.between)], "public_key": public_key, "user_data": None, "nonce": None})
        header = cbor({1: -35})
        signed = cbor(["Signature1", header, b"", payload])
        r, s = utils.decode_dss_signature(self.signer[0].sign(signed, ec.ECDSA(hashes.SHA384())))
        return cbor([header, {}, payload, r.to_bytes(48, "big") + s.to_bytes(48, "big")])


class Der:
    """Elements of DER, one after the other."""

    def __init__(self, data):
        self.rest = data

    def take(self):
        tag, size, start = self.rest[0], self.rest[1], 2
        if size & 0x80:
            start += size & 0x7F
            size = int.from_bytes(self.rest[2:start], "big")
        content, self.rest = self.rest[start:start + size], self.rest[start + size:]
        return tag, content

    def enter(self, tag):
        found, content = self.take()
        assert found == tag, f"{found:#x} instead of {tag:#x}"
        return Der(content)


def open_by_hand(sealed, key):
    """RFC 5652 section 6.1, as AWS's SDK for Nitro Enclaves reads it: one recipient, named by a key identifier."""
    content_info = Der(sealed).enter(0x30)
    content_info.take()
    enveloped = content_info.enter(0xA0).enter(0x30)
    assert enveloped.take() == (0x02, b"\x02")
    recipient = enveloped.enter(0x31).enter(0x30)
    assert recipient.take() == (0x02, b"\x02")
    assert recipient.take()[0] == 0x80
    assert recipient.enter(0x30).take() == (0x06, RSA_OAEP)
    encrypted_key = recipient.take()[1]
    content = enveloped.enter(0x30)
    content.take()
    algorithm = content.enter(0x30)
    assert algorithm.take() == (0x06, AES_256_CBC)
    iv = algorithm.take()[1]
    tag, ciphertext = content.take()
    assert tag == 0x80
    content_key = key.decrypt(encrypted_key, rsa_padding.OAEP(rsa_padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
    decryptor = Cipher(algorithms.AES(content_key), modes.CBC(iv)).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    return unpadder.update(decryptor.update(ciphertext) + decryptor.finalize()) + unpadder.finalize()


def open_by_openssl(sealed, key):
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "key.pem")
        path.write_bytes(pem)
        return subprocess.run(["openssl", "cms", "-decrypt", "-inform", "DER", "-binary", "-inkey", path], input=sealed,
                              capture_output=True, check=True, timeout=30).stdout


class AttestedRecipients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.authority = Authority()
        cls.recipient = rsa.generate_private_key(65537, 2048)
        cls.server = Server({"attestation": {"roots": ["root.pem"]}})
        (cls.server.directory / "root.pem").write_text(cls.authority.root_pem())
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.messages, stubs = kms_grpc.load()
        cls.kms = stubs.KeyManagementServiceStub(cls.server.grpc_channel())
        cls.key = cls.kms.CreateKey(cls.messages.CreateKeyRequest()).key_metadata.key_id

    def call(self, operation, request):
        return getattr(self.kms, operation)(request, timeout=30, wait_for_ready=True)

    def named(self, request, document=None):
        request.recipient.key_encryption_algorithm = "RSAES_OAEP_SHA_256"
        request.recipient.attestation_document = document or self.authority.document(self.recipient)
        return request

    def refusal(self, operation, request):
        import grpc
        with self.assertRaises(grpc.RpcError) as refused:
            self.call(operation, request)
        trailers = dict(refused.exception.trailing_metadata())
        return trailers["x-amzn-errortype"]

    def decrypt_of(self, plaintext):
        blob = self.call("Encrypt", self.messages.EncryptRequest(key_id=self.key, plaintext=plaintext)).ciphertext_blob
        return self.messages.DecryptRequest(ciphertext_blob=blob)

    def assert_opens(self, reply, wanted):
        self.assertFalse(reply.plaintext)
        self.assertEqual(open_by_hand(reply.ciphertext_for_recipient, self.recipient), wanted)
        self.assertEqual(open_by_openssl(reply.ciphertext_for_recipient, self.recipient), wanted)

    def test_decrypt_answers_the_recipient_alone(self):
        for plaintext in (b"a", b"exactly 16 bytes", bytes(range(256)) * 16):
            self.assert_opens(self.call("Decrypt", self.named(self.decrypt_of(plaintext))), plaintext)

    def test_a_data_key_is_that_of_its_blob(self):
        made = self.call("GenerateDataKey", self.named(self.messages.GenerateDataKeyRequest(key_id=self.key, key_spec="AES_256")))
        plain = self.call("Decrypt", self.messages.DecryptRequest(ciphertext_blob=made.ciphertext_blob)).plaintext
        self.assert_opens(made, plain)

    def test_the_private_half_of_a_pair_is_that_of_its_blob(self):
        request = self.messages.GenerateDataKeyPairRequest(key_id=self.key, key_pair_spec="ECC_NIST_P384")
        made = self.call("GenerateDataKeyPair", self.named(request))
        self.assertFalse(made.private_key_plaintext)
        opened = self.call("Decrypt", self.messages.DecryptRequest(ciphertext_blob=made.private_key_ciphertext_blob))
        self.assertEqual(open_by_hand(made.ciphertext_for_recipient, self.recipient), opened.plaintext)
        self.assertEqual(made.key_material_id, opened.key_material_id)
        private_key = serialization.load_der_private_key(opened.plaintext, None)
        self.assertEqual(private_key.public_key().public_numbers(), serialization.load_der_public_key(made.public_key).public_numbers())

    def test_a_shared_secret_is_for_the_recipient(self):
        key = self.call("CreateKey", self.messages.CreateKeyRequest(key_spec="ECC_NIST_P256", key_usage="KEY_AGREEMENT")).key_metadata.key_id
        ours = serialization.load_der_public_key(self.call("GetPublicKey", self.messages.GetPublicKeyRequest(key_id=key)).public_key)
        peer = ec.generate_private_key(ec.SECP256R1())
        public_key = peer.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        request = self.messages.DeriveSharedSecretRequest(key_id=key, key_agreement_algorithm="ECDH", public_key=public_key)
        made = self.call("DeriveSharedSecret", self.named(request))
        self.assertFalse(made.shared_secret)
        self.assertEqual(open_by_hand(made.ciphertext_for_recipient, self.recipient), peer.exchange(ec.ECDH(), ours))

    def test_random_bytes_are_for_the_recipient(self):
        made = self.call("GenerateRandom", self.named(self.messages.GenerateRandomRequest(number_of_bytes=24)))
        self.assertFalse(made.plaintext)
        self.assertEqual(len(open_by_hand(made.ciphertext_for_recipient, self.recipient)), 24)

    def test_a_nitro_tpm_is_a_recipient_too(self):
        request = self.named(self.decrypt_of(b"hello"), self.authority.document(self.recipient, registers="nitrotpm_pcrs"))
        self.assert_opens(self.call("Decrypt", request), b"hello")

    def test_what_does_not_verify_is_refused(self):
        good = self.authority.document(self.recipient)
        spoilt = bytearray(good)
        spoilt[len(spoilt) // 2] ^= 1
        for document in (bytes(spoilt), good[:-1], good + b"\0", b"a", Authority().document(self.recipient),
                         self.authority.document(self.recipient, age_seconds=301), self.authority.document(self.recipient, age_seconds=-301)):
            self.assertEqual(self.refusal("Decrypt", self.named(self.decrypt_of(b"hello"), document)), "ValidationException")

    def test_json_says_the_same(self):
        recipient = {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256",
                     "AttestationDocument": base64.b64encode(self.authority.document(self.recipient)).decode()}
        blob = base64.b64encode(self.decrypt_of(b"hello").ciphertext_blob).decode()
        reply = AwsJson(self.server).call("Decrypt", {"CiphertextBlob": blob, "Recipient": recipient})["out"]
        self.assertEqual(set(reply), {"CiphertextForRecipient", "EncryptionAlgorithm", "KeyId"})
        self.assertEqual(open_by_hand(base64.b64decode(reply["CiphertextForRecipient"]), self.recipient), b"hello")

    def test_a_policy_may_ask_for_an_image(self):
        def policy(image):
            root = {"AWS": f"arn:aws:iam::{self.server.account}:root"}
            everything = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
            other = {"Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*",
                     "Condition": {"StringNotEqualsIgnoreCase": {"kms:RecipientAttestation:ImageSha384": image}}}
            return json.dumps({"Version": "2012-10-17", "Statement": [everything, other]})

        key = self.call("CreateKey", self.messages.CreateKeyRequest(policy=policy(IMAGE.hex().upper()))).key_metadata.key_id
        blob = self.call("Encrypt", self.messages.EncryptRequest(key_id=key, plaintext=b"hello")).ciphertext_blob
        request = self.messages.DecryptRequest(ciphertext_blob=blob)
        self.assertEqual(self.refusal("Decrypt", request), "AccessDeniedException")
        self.assert_opens(self.call("Decrypt", self.named(request)), b"hello")
        self.call("PutKeyPolicy", self.messages.PutKeyPolicyRequest(key_id=key, policy=policy("00" * 48)))
        self.assertEqual(self.refusal("Decrypt", self.named(request)), "AccessDeniedException")

    def test_the_trail_names_the_recipient(self):
        self.call("Decrypt", self.named(self.decrypt_of(b"hello")))
        lines = "".join(path.read_text() for path in sorted((self.server.data / "audit").glob("*.jsonl")))
        self.assertIn(f'"recipient":{{"attestationDocumentModuleId":"i-0123-enc0123","attestationDocumentEnclaveImageDigest":"{IMAGE.hex()}"}}',
                      lines)
        self.assertNotIn(base64.b64encode(IMAGE).decode(), lines)

    def test_the_last_use_of_a_key_survives_a_restart(self):
        key = self.call("CreateKey", self.messages.CreateKeyRequest()).key_metadata.key_id
        self.call("Encrypt", self.messages.EncryptRequest(key_id=key, plaintext=b"x"))
        before = self.call("GetKeyLastUsage", self.messages.GetKeyLastUsageRequest(key_id=key))
        self.assertEqual(before.key_last_usage.operation, "Encrypt")
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.assertEqual(self.call("GetKeyLastUsage", self.messages.GetKeyLastUsageRequest(key_id=key)), before)


if __name__ == "__main__":
    unittest.main()
