"""Wycheproof's vectors of HMAC, ECDH and RSA-OAEP through the API, under keys that are imported: every case of every file.

The vectors of signatures have no private halves, which an import needs: they run in tests/unit/crypto. What is "acceptable" is decided
in tests/contract/engine/wycheproof_decisions.txt. CONTRIBUTING.md says where the vectors come from; without them the tests skip.
"""

import json
import os
import pathlib
import unittest

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kms_json import Fault, KmsJson
from server import SOURCE, Server

VECTORS = pathlib.Path(os.environ.get("KMAAS_VECTORS", SOURCE.parent / "shared/vectors")) / "wycheproof"
DECISIONS = SOURCE / "tests/contract/engine/wycheproof_decisions.txt"
# Of algorithms that nothing here has, yet or at all.
NOT_OFFERED = ("mldsa_", "mlkem_", "aes_wrap_")
HMACS = {"HMAC_224": 224, "HMAC_256": 256, "HMAC_384": 384, "HMAC_512": 512}
CURVES = {"ECC_NIST_P256": ("secp256r1", ec.SECP256R1()), "ECC_NIST_P384": ("secp384r1", ec.SECP384R1()), "ECC_NIST_P521": ("secp521r1", ec.SECP521R1())}
OAEP = (("rsa_oaep_2048_sha1_mgf1sha1", "RSA_2048", "RSAES_OAEP_SHA_1"), ("rsa_oaep_2048_sha256_mgf1sha256", "RSA_2048", "RSAES_OAEP_SHA_256"),
        ("rsa_oaep_3072_sha256_mgf1sha256", "RSA_3072", "RSAES_OAEP_SHA_256"), ("rsa_oaep_4096_sha256_mgf1sha256", "RSA_4096", "RSAES_OAEP_SHA_256"))


def decisions():
    """"ecdh CompressedPoint" -> whether it is accepted."""
    rows = [line.split(None, 3) for line in DECISIONS.read_text().splitlines() if line and not line.startswith("#")]
    return {f"{family} {flag}": decision == "accept" for family, flag, decision, _ in rows}


def cases(name):
    document = json.loads((VECTORS / f"{name}_test.json").read_text())
    return [(group, case) for group in document["testGroups"] for case in group["tests"]]


def octets(text):
    return bytes.fromhex(text if len(text) % 2 == 0 else "0" + text)


@unittest.skipUnless(VECTORS.is_dir(), "no vectors")
class Wycheproof(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.kms = KmsJson(cls.server)
        cls.addClassCleanup(cls.kms.close)
        cls.decisions = decisions()
        cls.keys = {}

    def imported(self, spec, usage, material):
        """Once for each material."""
        if (spec, usage, material) not in self.keys:
            self.keys[spec, usage, material] = self.kms.import_key(spec, usage, material)
        return self.keys[spec, usage, material]

    def answer(self, member, operation, errors, **members):
        """A member of the reply; None when it is refused by one of the errors."""
        try:
            return self.kms.call(operation, **members)[member]
        except Fault as fault:
            self.assertIn(fault.name, errors)
            return None

    def test_opens_by_oaep(self):
        for name, spec, algorithm in OAEP:
            for group, case in cases(name):
                key = self.imported(spec, "ENCRYPT_DECRYPT", octets(group["privateKeyPkcs8"]))
                opened = self.answer("Plaintext", "Decrypt", ("InvalidCiphertextException", "ValidationException"), KeyId=key, EncryptionAlgorithm=algorithm,
                                     CiphertextBlob=octets(case["ct"]))
                # AWS KMS knows no labels.
                expected = octets(case["msg"]) if case["result"] == "valid" and not case["label"] else None
                self.assertEqual(opened, expected, (name, case["tcId"], case["comment"]))

    def test_agrees_by_ecdh(self):
        for spec, (name, curve) in CURVES.items():
            for _, case in cases(f"ecdh_{name}"):
                private = ec.derive_private_key(int(case["private"], 16), curve)
                pkcs8 = private.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
                secret = self.answer("SharedSecret", "DeriveSharedSecret", ("ValidationException",), KeyId=self.imported(spec, "KEY_AGREEMENT", pkcs8),
                                     KeyAgreementAlgorithm="ECDH", PublicKey=octets(case["public"]))
                accepted = case["result"] == "valid"
                if case["result"] == "acceptable":
                    accepted = all(self.decisions[f"ecdh {flag}"] for flag in case["flags"])
                self.assertEqual(secret, octets(case["shared"]) if accepted else None, (name, case["tcId"], case["comment"]))

    def test_makes_and_verifies_hmacs(self):
        for spec, bits in HMACS.items():
            for group, case in cases(f"hmac_sha{bits}"):
                where = (spec, case["tcId"], case["comment"])
                refused = group["keySize"] < bits or (group["keySize"] == 520 and bits < 384)
                if refused:
                    self.assertFalse(self.decisions["hmac keySize<spec" if group["keySize"] < bits else "hmac keySize=520"])
                    with self.assertRaises(Fault, msg=where) as caught:
                        self.kms.import_key(spec, "GENERATE_VERIFY_MAC", octets(case["key"]))
                    expected = "IncorrectKeyMaterialException" if group["keySize"] < bits else "UnsupportedOperationException"
                    self.assertEqual(caught.exception.name, expected, where)
                    continue
                members = {"KeyId": self.imported(spec, "GENERATE_VERIFY_MAC", octets(case["key"])), "MacAlgorithm": f"HMAC_SHA_{bits}",
                           "Message": octets(case["msg"])}
                tag, size = octets(case["tag"]), group["tagSize"] // 8
                if not case["msg"]:  # AWS takes no empty message
                    self.assertIsNone(self.answer("Mac", "GenerateMac", ("ValidationException",), **members))
                    continue
                self.assertEqual(self.kms.call("GenerateMac", **members)["Mac"][:size] == tag, case["result"] == "valid", where)
                # Tags that are cut short do not verify.
                valid = self.answer("MacValid", "VerifyMac", ("KMSInvalidMacException",), Mac=tag, **members)
                self.assertEqual(valid is True, case["result"] == "valid" and size * 8 == bits, where)


@unittest.skipUnless(VECTORS.is_dir(), "no vectors")
class Files(unittest.TestCase):
    def test_of_every_family_that_is_offered_are_read_by_some_test(self):
        tests = "\n".join(path.read_text() for folder in ("unit", "contract") for path in (SOURCE / "tests" / folder).rglob("*_test.cc"))
        unread = [path.name for path in VECTORS.glob("*.json") if not path.name.startswith(NOT_OFFERED) and path.name not in tests]
        self.assertEqual(unread, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
