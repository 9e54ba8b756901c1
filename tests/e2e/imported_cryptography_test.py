"""Keys that are held on both sides: what is signed, authenticated and encrypted outside is taken by the server, and the other way round."""

import hashlib
import hmac
import unittest

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, utils

from cryptography_test import CURVES, DER, ECDSA, EDWARDS, OAEP, PKCS8, PLAIN, RSA, RSASSA, SPKI, Case, digest, hash_of, oaep, scheme

MESSAGE = b"A message from outside"
HMACS = {"HMAC_224": hashes.SHA224(), "HMAC_256": hashes.SHA256(), "HMAC_384": hashes.SHA384(), "HMAC_512": hashes.SHA512()}


def pkcs8(key):
    return key.private_bytes(DER, PKCS8, PLAIN)


def rsa_key(spec):
    return rsa.generate_private_key(65537, int(spec.removeprefix("RSA_")))


class KeysOfBothSides(Case):
    def verifies(self, arn, algorithm, signature):
        for members in ({"Message": MESSAGE}, {"Message": digest(algorithm, MESSAGE), "MessageType": "DIGEST"}):
            members.update(KeyId=arn, SigningAlgorithm=algorithm, Signature=signature)
            self.assertTrue(self.kms.call("Verify", **members)["SignatureValid"], algorithm)
            self.refuses("KMSInvalidSignatureException", "Verify", **dict(members, Signature=signature + b"x"))

    def signs_both_ways(self, spec, algorithms, own):
        arn = self.kms.import_key(spec, "SIGN_VERIFY", pkcs8(own))
        self.assertEqual(self.kms.call("GetPublicKey", KeyId=arn)["PublicKey"], own.public_key().public_bytes(DER, SPKI))
        for algorithm in algorithms:
            self.verifies(arn, algorithm, own.sign(MESSAGE, *scheme(algorithm, hash_of(algorithm))))
            prehashed = scheme(algorithm, utils.Prehashed(hash_of(algorithm)))
            self.verifies(arn, algorithm, own.sign(digest(algorithm, MESSAGE), *prehashed))
            signature = self.kms.call("Sign", KeyId=arn, SigningAlgorithm=algorithm, Message=MESSAGE)["Signature"]
            own.public_key().verify(signature, MESSAGE, *scheme(algorithm, hash_of(algorithm)))

    def test_sign_by_rsa(self):
        for spec in RSA:
            self.signs_both_ways(spec, RSASSA, rsa_key(spec))

    def test_sign_by_ecdsa(self):
        for spec, algorithm in ECDSA.items():
            self.signs_both_ways(spec, [algorithm], ec.generate_private_key({**CURVES, "ECC_SECG_P256K1": ec.SECP256K1()}[spec]))

    def test_sign_by_ed25519_which_is_deterministic(self):
        own = ed25519.Ed25519PrivateKey.generate()
        arn = self.kms.import_key(EDWARDS, "SIGN_VERIFY", pkcs8(own))
        members = {"KeyId": arn, "SigningAlgorithm": "ED25519_SHA_512", "Message": MESSAGE}
        self.assertEqual(self.kms.call("Sign", **members)["Signature"], own.sign(MESSAGE))
        self.assertTrue(self.kms.call("Verify", Signature=own.sign(MESSAGE), **members)["SignatureValid"])

    def test_encrypt_by_rsa(self):
        for spec in RSA:
            own = rsa_key(spec)
            arn = self.kms.import_key(spec, "ENCRYPT_DECRYPT", pkcs8(own))
            for algorithm in OAEP:
                members = {"KeyId": arn, "EncryptionAlgorithm": algorithm}
                blob = self.kms.call("Encrypt", Plaintext=MESSAGE, **members)["CiphertextBlob"]
                self.assertEqual(own.decrypt(blob, oaep(algorithm)), MESSAGE)
                blob = own.public_key().encrypt(MESSAGE, oaep(algorithm))
                self.assertEqual(self.kms.call("Decrypt", CiphertextBlob=blob, **members)["Plaintext"], MESSAGE)

    def test_agree(self):
        for spec, curve in CURVES.items():
            own, peer = ec.generate_private_key(curve), ec.generate_private_key(curve)
            arn = self.kms.import_key(spec, "KEY_AGREEMENT", pkcs8(own))
            reply = self.kms.call("DeriveSharedSecret", KeyId=arn, KeyAgreementAlgorithm="ECDH", PublicKey=peer.public_key().public_bytes(DER, SPKI))
            self.assertEqual(reply["SharedSecret"], own.exchange(ec.ECDH(), peer.public_key()))
            self.assertEqual(reply["KeyOrigin"], "EXTERNAL")

    def test_authenticate(self):
        for spec, used in HMACS.items():
            secret = hashlib.shake_256(spec.encode()).digest(used.digest_size)
            arn = self.kms.import_key(spec, "GENERATE_VERIFY_MAC", secret)
            members = {"KeyId": arn, "MacAlgorithm": spec.replace("HMAC_", "HMAC_SHA_"), "Message": MESSAGE}
            mac = hmac.new(secret, MESSAGE, used.name).digest()
            self.assertEqual(self.kms.call("GenerateMac", **members)["Mac"], mac)
            self.assertTrue(self.kms.call("VerifyMac", Mac=mac, **members)["MacValid"])
            self.refuses("KMSInvalidMacException", "VerifyMac", Mac=mac[:-1], **members)


if __name__ == "__main__":
    unittest.main(verbosity=2)
