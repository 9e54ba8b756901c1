"""Keys that a customer brings: made and used by Python's `cryptography`, wrapped by it and by the command line of OpenSSL."""

import hashlib
import hmac
import os
import struct
import subprocess
import tempfile
import uuid

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, keywrap, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

MESSAGE = b"a message that both sides know"
CURVES = {"ECC_NIST_P256": (ec.SECP256R1, "ECDSA_SHA_256", hashes.SHA256), "ECC_NIST_P384": (ec.SECP384R1, "ECDSA_SHA_384", hashes.SHA384),
          "ECC_NIST_P521": (ec.SECP521R1, "ECDSA_SHA_512", hashes.SHA512), "ECC_SECG_P256K1": (ec.SECP256K1, "ECDSA_SHA_256", hashes.SHA256)}
HASHES = {"SHA_1": hashes.SHA1, "SHA_256": hashes.SHA256}


def pkcs8(key):
    return key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def spki(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


class Symmetric:
    """The ciphertext format (docs/ciphertext-format.md), by hand."""

    spec, usage = "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"
    LABEL = b"kmaas symmetric message key v1"

    def __init__(self):
        self.material = os.urandom(32)

    def _cipher(self, header):
        flags, key_id, nonce = header[2:3], header[3:19], header[51:67]
        block = struct.pack(">I", 1) + self.LABEL + b"\0" + nonce + flags + key_id + struct.pack(">I", 256)
        message_key = hmac.new(self.material, block, hashlib.sha256).digest()
        okm = HKDFExpand(hashes.SHA256(), 64, b"kmaas aes-256-gcm key and commitment v1").derive(message_key)
        return AESGCM(okm[:32]), okm[32:]

    def check(self, test, kms, arn):
        blob = kms("Encrypt", key_id=arn, plaintext=MESSAGE).ciphertext_blob
        cipher, commitment = self._cipher(blob[:67])
        test.assertEqual(blob[67:99], commitment)
        test.assertEqual(cipher.decrypt(bytes(12), blob[99:], blob[:99] + struct.pack(">I", 0)), MESSAGE)
        header = b"\1\1\0" + uuid.UUID(arn.split("/")[1]).bytes + blob[19:51] + os.urandom(16)
        cipher, commitment = self._cipher(header)
        header += commitment
        made = header + cipher.encrypt(bytes(12), b"made outside", header + struct.pack(">I", 0))
        test.assertEqual(kms("Decrypt", ciphertext_blob=made).plaintext, b"made outside")


class Hmac:
    usage = "GENERATE_VERIFY_MAC"

    def __init__(self, bits):
        self.spec, self.hash = f"HMAC_{bits}", f"sha{bits}"
        self.algorithm = f"HMAC_SHA_{bits}"
        self.material = os.urandom(bits // 8)

    def check(self, test, kms, arn):
        tag = hmac.new(self.material, MESSAGE, self.hash).digest()
        test.assertEqual(kms("GenerateMac", key_id=arn, message=MESSAGE, mac_algorithm=self.algorithm).mac, tag)
        test.assertTrue(kms("VerifyMac", key_id=arn, message=MESSAGE, mac_algorithm=self.algorithm, mac=tag).mac_valid)


class Asymmetric:
    def check(self, test, kms, arn):
        test.assertEqual(kms("GetPublicKey", key_id=arn).public_key, spki(self.key))
        self.check_use(test, kms, arn)

    @property
    def material(self):
        return pkcs8(self.key)

    def check_signing(self, test, kms, arn, algorithm):
        signature = kms("Sign", key_id=arn, message=MESSAGE, signing_algorithm=algorithm).signature
        self.verify(signature)
        test.assertRaises(InvalidSignature, self.verify, bytes(len(signature)))
        test.assertTrue(kms("Verify", key_id=arn, message=MESSAGE, signing_algorithm=algorithm, signature=self.sign()).signature_valid)


class RsaSigning(Asymmetric):
    usage = "SIGN_VERIFY"
    PADDING = padding.PSS(padding.MGF1(hashes.SHA256()), 32)

    def __init__(self, bits):
        self.spec, self.key = f"RSA_{bits}", rsa.generate_private_key(65537, bits)

    def sign(self):
        return self.key.sign(MESSAGE, self.PADDING, hashes.SHA256())

    def verify(self, signature):
        self.key.public_key().verify(signature, MESSAGE, self.PADDING, hashes.SHA256())

    def check_use(self, test, kms, arn):
        self.check_signing(test, kms, arn, "RSASSA_PSS_SHA_256")


class RsaEncryption(Asymmetric):
    usage = "ENCRYPT_DECRYPT"

    def __init__(self, bits):
        self.spec, self.key = f"RSA_{bits}", rsa.generate_private_key(65537, bits)

    def check_use(self, test, kms, arn):
        for name, digest in HASHES.items():
            oaep, algorithm = padding.OAEP(padding.MGF1(digest()), digest(), None), f"RSAES_OAEP_{name}"
            sealed = self.key.public_key().encrypt(MESSAGE, oaep)
            test.assertEqual(kms("Decrypt", key_id=arn, ciphertext_blob=sealed, encryption_algorithm=algorithm).plaintext, MESSAGE)
            sealed = kms("Encrypt", key_id=arn, plaintext=MESSAGE, encryption_algorithm=algorithm).ciphertext_blob
            test.assertEqual(self.key.decrypt(sealed, oaep), MESSAGE)


class EcSigning(Asymmetric):
    usage = "SIGN_VERIFY"

    def __init__(self, spec):
        curve, self.algorithm, digest = CURVES[spec]
        self.spec, self.key, self.scheme = spec, ec.generate_private_key(curve()), ec.ECDSA(digest())

    def sign(self):
        return self.key.sign(MESSAGE, self.scheme)

    def verify(self, signature):
        self.key.public_key().verify(signature, MESSAGE, self.scheme)

    def check_use(self, test, kms, arn):
        self.check_signing(test, kms, arn, self.algorithm)


class EcAgreement(Asymmetric):
    usage = "KEY_AGREEMENT"

    def __init__(self, spec):
        self.spec, self.key = spec, ec.generate_private_key(CURVES[spec][0]())

    def check_use(self, test, kms, arn):
        peer = ec.generate_private_key(self.key.curve)
        secret = kms("DeriveSharedSecret", key_id=arn, key_agreement_algorithm="ECDH", public_key=spki(peer)).shared_secret
        test.assertEqual(secret, peer.exchange(ec.ECDH(), self.key.public_key()))


class Edwards(Asymmetric):
    spec, usage = "ECC_NIST_EDWARDS25519", "SIGN_VERIFY"

    def __init__(self):
        self.key = ed25519.Ed25519PrivateKey.generate()

    def sign(self):
        return self.key.sign(MESSAGE)

    def verify(self, signature):
        self.key.public_key().verify(signature, MESSAGE)

    def check_use(self, test, kms, arn):
        self.check_signing(test, kms, arn, "ED25519_SHA_512")


def every_kind():
    yield Symmetric()
    yield from (Hmac(bits) for bits in (224, 256, 384, 512))
    for bits in (2048, 3072, 4096):
        yield RsaSigning(bits)
        yield RsaEncryption(bits)
    yield from (EcSigning(spec) for spec in CURVES)
    yield from (EcAgreement(spec) for spec in CURVES if "NIST" in spec)
    yield Edwards()


# --- wrapping ---------------------------------------------------------------------------------------------------------
def wrap_by_python(algorithm, public_key, material):
    digest = HASHES["SHA_256" if algorithm.endswith("256") else "SHA_1"]
    oaep = padding.OAEP(padding.MGF1(digest()), digest(), None)
    wrapping = serialization.load_der_public_key(public_key)
    if algorithm.startswith("RSAES"):
        return wrapping.encrypt(material, oaep)
    ephemeral = os.urandom(32)
    return wrapping.encrypt(ephemeral, oaep) + keywrap.aes_key_wrap_with_padding(ephemeral, material)


def _openssl(*arguments, given):
    return subprocess.run(["openssl", *arguments], input=given, check=True, capture_output=True, timeout=60).stdout


def wrap_by_openssl(algorithm, public_key, material):
    digest = "sha256" if algorithm.endswith("256") else "sha1"
    with tempfile.NamedTemporaryFile(suffix=".der") as file:
        file.write(public_key)
        file.flush()
        encrypt = ["pkeyutl", "-encrypt", "-pubin", "-keyform", "DER", "-inkey", file.name, "-pkeyopt", "rsa_padding_mode:oaep",
                   "-pkeyopt", f"rsa_oaep_md:{digest}", "-pkeyopt", f"rsa_mgf1_md:{digest}"]
        if algorithm.startswith("RSAES"):
            return _openssl(*encrypt, given=material)
        ephemeral = os.urandom(32)
        wrapped = _openssl("enc", "-id-aes256-wrap-pad", "-K", ephemeral.hex(), "-iv", "A65959A6", given=material)
        return _openssl(*encrypt, given=ephemeral) + wrapped
