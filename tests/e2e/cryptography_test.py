"""What keys in SoftHSM make is checked by Python's `cryptography` and the openssl command line, and the other way round, for all specs."""

import concurrent.futures
import contextlib
import hashlib
import pathlib
import subprocess
import tempfile
import unittest

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

import ed25519ph
from kms_json import Fault, KmsJson
from server import Server

RSA = ("RSA_2048", "RSA_3072", "RSA_4096")
CURVES = {"ECC_NIST_P256": ec.SECP256R1(), "ECC_NIST_P384": ec.SECP384R1(), "ECC_NIST_P521": ec.SECP521R1()}
ECDSA = {"ECC_NIST_P256": "ECDSA_SHA_256", "ECC_NIST_P384": "ECDSA_SHA_384", "ECC_NIST_P521": "ECDSA_SHA_512", "ECC_SECG_P256K1": "ECDSA_SHA_256"}
RSASSA = [f"RSASSA_{scheme}_SHA_{bits}" for scheme in ("PSS", "PKCS1_V1_5") for bits in (256, 384, 512)]
SIGNERS = [(spec, algorithm) for spec in RSA for algorithm in RSASSA] + list(ECDSA.items())
OAEP = {"RSAES_OAEP_SHA_1": hashes.SHA1(), "RSAES_OAEP_SHA_256": hashes.SHA256()}
EDWARDS = "ECC_NIST_EDWARDS25519"
PAIRS = (*RSA, *ECDSA, EDWARDS)
MESSAGE = b"A message that is signed. " * 100
DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM
SPKI = serialization.PublicFormat.SubjectPublicKeyInfo
PKCS8 = serialization.PrivateFormat.PKCS8
PLAIN = serialization.NoEncryption()


def hash_of(algorithm):
    return {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}[algorithm.rsplit("_", 1)[1]]


def digest(algorithm, message):
    return hashlib.new(hash_of(algorithm).name, message).digest()


def scheme(algorithm, hashed):
    """The arguments of sign and verify behind the message."""
    if algorithm.startswith("ECDSA"):
        return (ec.ECDSA(hashed),)
    if "PSS" in algorithm:
        return padding.PSS(padding.MGF1(hash_of(algorithm)), hash_of(algorithm).digest_size), hashed
    return padding.PKCS1v15(), hashed


def oaep(algorithm):
    return padding.OAEP(padding.MGF1(OAEP[algorithm]), OAEP[algorithm], None)


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.kms = KmsJson(cls.server)
        cls.addClassCleanup(cls.kms.close)
        cls.keys = {}
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)

    def key(self, spec, usage):
        if (spec, usage) not in self.keys:
            self.keys[spec, usage] = self.kms.make_key(spec, usage)
        return self.keys[spec, usage]

    def public(self, arn):
        return serialization.load_der_public_key(self.kms.call("GetPublicKey", KeyId=arn)["PublicKey"])

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def openssl(self, *arguments):
        return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=60).stdout

    def refuses(self, error, operation, **members):
        with self.assertRaises(Fault) as caught:
            self.kms.call(operation, **members)
        self.assertEqual(caught.exception.name, error)


class KeysOfTheHsm(Case):
    def test_shows_public_keys_in_the_form_of_others(self):
        for spec, usage in [(spec, "SIGN_VERIFY") for spec in PAIRS] + [(spec, "ENCRYPT_DECRYPT") for spec in RSA] + [(c, "KEY_AGREEMENT") for c in CURVES]:
            der = self.kms.call("GetPublicKey", KeyId=self.key(spec, usage))["PublicKey"]
            self.assertEqual(serialization.load_der_public_key(der).public_bytes(DER, SPKI), der, spec)
            self.assertEqual(self.openssl("pkey", "-pubin", "-inform", "DER", "-in", self.file("public.der", der), "-outform", "DER"), der, spec)

    def test_signs_what_cryptography_verifies(self):
        for spec, algorithm in SIGNERS:
            arn = self.key(spec, "SIGN_VERIFY")
            public, hashed = self.public(arn), digest(algorithm, MESSAGE)
            for members in ({"Message": MESSAGE, "MessageType": "RAW"}, {"Message": hashed, "MessageType": "DIGEST"}):
                signature = self.kms.call("Sign", KeyId=arn, SigningAlgorithm=algorithm, **members)["Signature"]
                public.verify(signature, MESSAGE, *scheme(algorithm, hash_of(algorithm)))
                public.verify(signature, hashed, *scheme(algorithm, utils.Prehashed(hash_of(algorithm))))
                with self.assertRaises(InvalidSignature):
                    public.verify(signature, MESSAGE + b"x", *scheme(algorithm, hash_of(algorithm)))
                self.assertTrue(self.kms.call("Verify", KeyId=arn, SigningAlgorithm=algorithm, Signature=signature, **members)["SignatureValid"])
                self.refuses("KMSInvalidSignatureException", "Verify", KeyId=arn, SigningAlgorithm=algorithm, Signature=signature[:-1] + b"\0", **members)

    def test_signs_what_the_openssl_command_line_verifies(self):
        message = self.file("message", MESSAGE)
        for spec, algorithm in SIGNERS:
            arn = self.key(spec, "SIGN_VERIFY")
            public = self.file("public.pem", self.public(arn).public_bytes(PEM, SPKI))
            signature = self.file("signature", self.kms.call("Sign", KeyId=arn, SigningAlgorithm=algorithm, Message=MESSAGE)["Signature"])
            options = ("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest") if "PSS" in algorithm else ()
            said = self.openssl("dgst", f"-{hash_of(algorithm).name}", "-verify", public, "-signature", signature, *options, message)
            self.assertEqual(said.strip(), b"Verified OK", algorithm)

    def test_signs_by_both_forms_of_ed25519(self):
        arn = self.key(EDWARDS, "SIGN_VERIFY")
        public = self.public(arn)
        signature = self.kms.call("Sign", KeyId=arn, SigningAlgorithm="ED25519_SHA_512", Message=MESSAGE)["Signature"]
        public.verify(signature, MESSAGE)
        self.openssl("pkeyutl", "-verify", "-pubin", "-inkey", self.file("public.pem", public.public_bytes(PEM, SPKI)), "-rawin",
                     "-in", self.file("message", MESSAGE), "-sigfile", self.file("signature", signature))
        hashed = hashlib.sha512(MESSAGE).digest()
        members = {"KeyId": arn, "SigningAlgorithm": "ED25519_PH_SHA_512", "Message": hashed, "MessageType": "DIGEST"}
        signature = self.kms.call("Sign", **members)["Signature"]
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.assertTrue(ed25519ph.verifies(raw, hashed, signature))
        self.assertFalse(ed25519ph.verifies(raw, MESSAGE, signature))
        self.assertTrue(self.kms.call("Verify", Signature=signature, **members)["SignatureValid"])
        self.refuses("KMSInvalidSignatureException", "Verify", **dict(members, Signature=signature, Message=hashlib.sha512(b"x").digest()))

    def test_opens_what_cryptography_and_openssl_encrypted(self):
        for spec in RSA:
            arn = self.key(spec, "ENCRYPT_DECRYPT")
            public = self.public(arn)
            pem = self.file("public.pem", public.public_bytes(PEM, SPKI))
            for algorithm, used in OAEP.items():
                largest = public.key_size // 8 - 2 * used.digest_size - 2
                for plaintext in (b"x", b"p" * largest):
                    blob = public.encrypt(plaintext, oaep(algorithm))
                    reply = self.kms.call("Decrypt", KeyId=arn, EncryptionAlgorithm=algorithm, CiphertextBlob=blob)
                    self.assertEqual((reply["Plaintext"], reply["EncryptionAlgorithm"]), (plaintext, algorithm))
                    options = [part for option in ("rsa_padding_mode:oaep", f"rsa_oaep_md:{used.name}", f"rsa_mgf1_md:{used.name}")
                               for part in ("-pkeyopt", option)]
                    blob = self.openssl("pkeyutl", "-encrypt", "-pubin", "-inkey", pem, "-in", self.file("plaintext", plaintext), *options)
                    self.assertEqual(self.kms.call("Decrypt", KeyId=arn, EncryptionAlgorithm=algorithm, CiphertextBlob=blob)["Plaintext"], plaintext)
                    blob = self.kms.call("Encrypt", KeyId=arn, EncryptionAlgorithm=algorithm, Plaintext=plaintext)["CiphertextBlob"]
                    self.assertEqual(self.kms.call("Decrypt", KeyId=arn, EncryptionAlgorithm=algorithm, CiphertextBlob=blob)["Plaintext"], plaintext)

    def test_agrees_with_cryptography_and_openssl(self):
        for spec, curve in CURVES.items():
            arn = self.key(spec, "KEY_AGREEMENT")
            public, peer = self.public(arn), ec.generate_private_key(curve)
            own = self.kms.call("DeriveSharedSecret", KeyId=arn, KeyAgreementAlgorithm="ECDH", PublicKey=peer.public_key().public_bytes(DER, SPKI))["SharedSecret"]
            self.assertEqual(own, peer.exchange(ec.ECDH(), public), spec)
            self.assertEqual(own, self.openssl("pkeyutl", "-derive", "-inkey", self.file("own.pem", peer.private_bytes(PEM, PKCS8, PLAIN)),
                                               "-peerkey", self.file("peer.pem", public.public_bytes(PEM, SPKI))))

    def test_makes_data_key_pairs_that_others_use(self):
        arn = self.kms.make_key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
        for spec in PAIRS:
            pair = self.kms.call("GenerateDataKeyPair", KeyId=arn, KeyPairSpec=spec, EncryptionContext={"for": spec})
            private = serialization.load_der_private_key(pair["PrivateKeyPlaintext"], None)
            self.assertEqual(private.public_key().public_bytes(DER, SPKI), pair["PublicKey"], spec)
            self.assertEqual(private.private_bytes(DER, PKCS8, PLAIN), pair["PrivateKeyPlaintext"], spec)
            self.openssl("pkey", "-inform", "DER", "-check", "-noout", "-in", self.file("private.der", pair["PrivateKeyPlaintext"]))
            opened = self.kms.call("Decrypt", CiphertextBlob=pair["PrivateKeyCiphertextBlob"], EncryptionContext={"for": spec})
            self.assertEqual(opened["Plaintext"], pair["PrivateKeyPlaintext"])
            self.refuses("InvalidCiphertextException", "Decrypt", CiphertextBlob=pair["PrivateKeyCiphertextBlob"])
        sealed = self.kms.call("GenerateDataKeyPairWithoutPlaintext", KeyId=arn, KeyPairSpec="RSA_2048")
        self.assertNotIn("PrivateKeyPlaintext", sealed)
        opened = self.kms.call("Decrypt", CiphertextBlob=sealed["PrivateKeyCiphertextBlob"])["Plaintext"]
        self.assertEqual(serialization.load_der_private_key(opened, None).public_key().public_bytes(DER, SPKI), sealed["PublicKey"])

    def test_serves_others_while_many_ask_for_rsa_key_pairs(self):
        arn = self.kms.make_key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
        blob = self.kms.call("Encrypt", KeyId=arn, Plaintext=b"x")["CiphertextBlob"]

        def ask(_):
            with contextlib.closing(KmsJson(self.server)) as kms:
                try:
                    return bool(kms.call("GenerateDataKeyPair", KeyId=arn, KeyPairSpec="RSA_3072")["PublicKey"])
                except Fault as fault:
                    return fault.name

        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            asked = [pool.submit(ask, number) for number in range(12)]
            while not all(one.done() for one in asked):
                self.assertEqual(self.kms.call("Decrypt", CiphertextBlob=blob)["Plaintext"], b"x")
            outcomes = [one.result() for one in asked]
        self.assertIn(True, outcomes)
        self.assertLessEqual(set(outcomes), {True, "ThrottlingException"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
