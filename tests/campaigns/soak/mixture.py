"""What the soak asks for, signed anew for each round: keys used in every way, and what is refused."""

import base64


def text(octets):
    return base64.b64encode(octets).decode()


def used(world):
    """Makes the keys. Answers what signs a round's requests."""
    kms = world.client()

    def key(**members):
        return kms.create_key(**members)["KeyMetadata"]["Arn"]

    symmetric, other = key(), key()
    signing = key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    mac = key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    rsa = key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
    agreeing = key(KeySpec="ECC_NIST_P256", KeyUsage="KEY_AGREEMENT")
    context = {"of": "the soak"}
    blob = text(kms.encrypt(KeyId=symmetric, Plaintext=b"p" * 1024, EncryptionContext=context)["CiphertextBlob"])
    for_rsa = text(kms.encrypt(KeyId=rsa, Plaintext=b"p" * 32, EncryptionAlgorithm="RSAES_OAEP_SHA_256")["CiphertextBlob"])
    signature = text(kms.sign(KeyId=signing, Message=b"m", SigningAlgorithm="ECDSA_SHA_256")["Signature"])
    tag = text(kms.generate_mac(KeyId=mac, Message=b"m", MacAlgorithm="HMAC_SHA_256")["Mac"])
    public = text(kms.get_public_key(KeyId=agreeing)["PublicKey"])
    message = {"Message": text(b"m")}
    asked = [
        ("Encrypt", {"KeyId": symmetric, "Plaintext": text(b"p" * 1024), "EncryptionContext": context}),
        ("Decrypt", {"CiphertextBlob": blob, "EncryptionContext": context}),
        ("GenerateDataKey", {"KeyId": symmetric, "KeySpec": "AES_256", "EncryptionContext": context}),
        ("GenerateDataKeyWithoutPlaintext", {"KeyId": symmetric, "KeySpec": "AES_256"}),
        ("ReEncrypt", {"CiphertextBlob": blob, "SourceEncryptionContext": context, "DestinationKeyId": other}),
        ("Sign", {"KeyId": signing, **message, "SigningAlgorithm": "ECDSA_SHA_256"}),
        ("Verify", {"KeyId": signing, **message, "Signature": signature, "SigningAlgorithm": "ECDSA_SHA_256"}),
        ("GenerateMac", {"KeyId": mac, **message, "MacAlgorithm": "HMAC_SHA_256"}),
        ("VerifyMac", {"KeyId": mac, **message, "Mac": tag, "MacAlgorithm": "HMAC_SHA_256"}),
        ("Decrypt", {"KeyId": rsa, "CiphertextBlob": for_rsa, "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}),
        ("DeriveSharedSecret", {"KeyId": agreeing, "KeyAgreementAlgorithm": "ECDH", "PublicKey": public}),
        ("GenerateRandom", {"NumberOfBytes": 32}),
        ("GenerateDataKeyPair", {"KeyId": symmetric, "KeyPairSpec": "ECC_NIST_P256"}),
        ("DescribeKey", {"KeyId": symmetric}),
        ("GetPublicKey", {"KeyId": signing}),
        ("GetKeyPolicy", {"KeyId": symmetric, "PolicyName": "default"}),
        ("ListKeys", {}),
        ("ListAliases", {}),
        ("ListGrants", {"KeyId": other}),
        ("ListResourceTags", {"KeyId": other}),
    ]
    return lambda: [world.signed(*one) for one in asked]


def refused(world):
    """Wrong signatures, keys and ciphertexts that there are not, members that do not fit."""
    unknown = "00000000-0000-4000-8000-000000000000"
    asked = [("ListKeys", {}, None, True), ("DescribeKey", {"KeyId": unknown}), ("Decrypt", {"CiphertextBlob": text(b"c" * 100)}),
             ("Encrypt", {"KeyId": unknown, "Plaintext": 7}), ("CreateKey", {"KeySpec": "NO_SUCH"}), ("NoSuchOperation", {})]
    return lambda: [world.signed(*one) for one in asked]
