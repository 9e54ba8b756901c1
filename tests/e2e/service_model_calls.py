"""Calls of every operation that are right: with the required members only, and with every other one. What excludes one another is in
calls of its own, so that the calls of an operation together have all members of its input."""

import collections
import datetime
import os

from service_model_world import OTHER_REGION, STORE_PIN

# `request` is made from the World when the call is sent. `must`: the members that AWS documents as always in the answer. `error`: what
# AWS answers to this call instead.
Call = collections.namedtuple("Call", "operation label request must error")

CALLS = []
CONTEXT = {"a": "1"}
DRY = "DryRunOperationException"
PAGE = "Truncated"
UNSUPPORTED = "UnsupportedOperationException"
# What a newer model than the server's has, "Operation.Member"; the server passes over what it does not know.
NEWER_MEMBERS = set()
# Errors that the model does not list for the operation: docs/aws-kms-compatibility.md has them.
UNLISTED_ERRORS = {("CreateCustomKeyStore", UNSUPPORTED)}  # of the type EXTERNAL_KEY_STORE
# A document of an enclave that is none; e2e/attested_recipients_test.py makes real ones.
RECIPIENT = {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": b"none"}
XKS = {"XksProxyUriEndpoint": "https://proxy.example", "XksProxyUriPath": "/kms/xks/v1", "XksProxyConnectivity": "PUBLIC_ENDPOINT",
       "XksProxyAuthenticationCredential": {"AccessKeyId": "A" * 20, "RawSecretAccessKey": "a" * 43}}
XKS_IN_VPC = {"XksProxyVpcEndpointServiceName": "com.amazonaws.vpce.eu-central-1.vpce-svc-0123", "XksProxyVpcEndpointServiceOwner": "111122223333"}


def call(operation, label, request, must="", error=None):
    CALLS.append(Call(operation, label, request, set(must.split()), error and ({error} if isinstance(error, str) else set(error))))


def on_a_key(operation, key=lambda w: w.symmetric, must=""):
    call(operation, "minimal", lambda w: {"KeyId": key(w)}, must)


def paged(operation, must, function=None, **request):
    """The listing of an operation whose entries are more than one, page by page."""
    made = lambda w: {name: value(w) if callable(value) else value for name, value in request.items()}  # noqa: E731
    call(operation, "minimal", made, f"{must} {PAGE}")
    call(operation, "first page", lambda w: {**made(w), "Limit": 1}, f"{must} {PAGE} NextMarker")
    call(operation, "second page", lambda w: {**made(w), "Limit": 1, "Marker": w.marker(function, **made(w))}, f"{must} {PAGE}")


# --- keys ----------------------------------------------------------------------------------------------------------------
call("CreateKey", "minimal", lambda w: {}, "KeyMetadata")
call("CreateKey", "full", lambda w: dict(
    Policy=w.policy, Description="all of it", KeyUsage="ENCRYPT_DECRYPT", KeySpec="SYMMETRIC_DEFAULT", Origin="AWS_KMS", MultiRegion=True,
    BypassPolicyLockoutSafetyCheck=True, Tags=[{"TagKey": "a", "TagValue": "1"}]), "KeyMetadata")
call("CreateKey", "by its old name", lambda w: dict(CustomerMasterKeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY"), "KeyMetadata")
call("CreateKey", "in a store", lambda w: dict(Origin="AWS_CLOUDHSM", CustomKeyStoreId=w.store_of_keys()), "KeyMetadata")
call("CreateKey", "outside", lambda w: dict(Origin="EXTERNAL_KEY_STORE", CustomKeyStoreId="cks-1", XksKeyId="1"), error=UNSUPPORTED)
for spec in ("SM2", "ML_DSA_44"):
    call("CreateKey", spec, lambda w, spec=spec: dict(KeySpec=spec, KeyUsage="SIGN_VERIFY"), error=UNSUPPORTED)
call("CreateKey", "ML_KEM_768", lambda w: dict(KeySpec="ML_KEM_768", KeyUsage="ENCAPSULATE_DECAPSULATE"), error=UNSUPPORTED)
on_a_key("DescribeKey", must="KeyMetadata")
call("DescribeKey", "full", lambda w: dict(KeyId=w.alias, GrantTokens=[w.grant_token]), "KeyMetadata")
paged("ListKeys", "Keys", "list_keys")
call("ListKeys", "of two kinds of owners", lambda w: dict(ResourceOwners=["OTHER_ACCOUNTS_VIA_RAM", "SELF"]), "Keys Truncated")
on_a_key("EnableKey")
on_a_key("DisableKey", lambda w: w.key())
call("UpdateKeyDescription", "full", lambda w: dict(KeyId=w.symmetric, Description="another"))
on_a_key("ScheduleKeyDeletion", lambda w: w.key(), "KeyId DeletionDate KeyState PendingWindowInDays")
call("ScheduleKeyDeletion", "full", lambda w: dict(KeyId=w.key(), PendingWindowInDays=7), "KeyId DeletionDate KeyState PendingWindowInDays")
on_a_key("CancelKeyDeletion", lambda w: w.doomed(), "KeyId")
on_a_key("GetKeyLastUsage", must="KeyId TrackingStartDate KeyCreationDate")
on_a_key("GetKeyPolicy", must="Policy PolicyName")
call("GetKeyPolicy", "full", lambda w: dict(KeyId=w.symmetric, PolicyName="default"), "Policy PolicyName")
call("PutKeyPolicy", "minimal", lambda w: dict(KeyId=w.other, Policy=w.policy))
call("PutKeyPolicy", "full", lambda w: dict(KeyId=w.other, PolicyName="default", Policy=w.policy, BypassPolicyLockoutSafetyCheck=True))
on_a_key("ListKeyPolicies", must="PolicyNames Truncated")
call("ListKeyPolicies", "full", lambda w: dict(KeyId=w.symmetric, Limit=1), "PolicyNames Truncated")
# One policy fits on every page, so no marker was ever given out.
call("ListKeyPolicies", "a marker", lambda w: dict(KeyId=w.symmetric, Marker="none"), error="ValidationException")

# --- aliases, tags, grants -----------------------------------------------------------------------------------------------
call("CreateAlias", "full", lambda w: dict(AliasName="alias/" + w.new_name(), TargetKeyId=w.other))
call("UpdateAlias", "full", lambda w: dict(AliasName=w.new_alias(), TargetKeyId=w.other))
call("DeleteAlias", "full", lambda w: dict(AliasName=w.new_alias()))
paged("ListAliases", "Aliases", "list_aliases", KeyId=lambda w: w.symmetric)
call("TagResource", "full", lambda w: dict(KeyId=w.other, Tags=[{"TagKey": "a", "TagValue": ""}, {"TagKey": "b", "TagValue": "2"}]))
call("UntagResource", "full", lambda w: dict(KeyId=w.other, TagKeys=["a", "not there"]))
paged("ListResourceTags", "Tags", "list_resource_tags", KeyId=lambda w: w.symmetric)
call("CreateGrant", "minimal", lambda w: dict(KeyId=w.symmetric, GranteePrincipal=w.user, Operations=["Decrypt"]), "GrantToken GrantId")
call("CreateGrant", "full", lambda w: dict(
    KeyId=w.symmetric, GranteePrincipal=w.user, RetiringPrincipal=w.user, Operations=["Decrypt", "CreateGrant"], Name=w.new_name(),
    Constraints={"EncryptionContextEquals": CONTEXT}, GrantTokens=[w.grant_token]), "GrantToken GrantId")
call("CreateGrant", "a service", lambda w: dict(
    KeyId=w.symmetric, GranteeServicePrincipal="logs.eu-central-1.amazonaws.com", RetiringServicePrincipal="logs.eu-central-1.amazonaws.com",
    Operations=["Decrypt"], Constraints={"EncryptionContextSubset": CONTEXT, "SourceArn": f"arn:aws:logs:eu-central-1:{w.server.account}:x"}),
    "GrantToken GrantId")
call("CreateGrant", "dry run", lambda w: dict(KeyId=w.symmetric, GranteePrincipal=w.user, Operations=["Decrypt"], DryRun=True), error=DRY)
paged("ListGrants", "Grants", "list_grants", KeyId=lambda w: w.symmetric)
call("ListGrants", "of one", lambda w: dict(KeyId=w.symmetric, GrantId=w.grant()["GrantId"], GranteePrincipal=w.user), "Grants Truncated")
call("ListGrants", "of a service", lambda w: dict(KeyId=w.symmetric, GranteeServicePrincipal="logs.eu-central-1.amazonaws.com"), "Grants Truncated")
paged("ListRetirableGrants", "Grants", "list_retirable_grants", RetiringPrincipal=lambda w: w.user)
# Services are of no account, so a caller has no right to their listing.
call("ListRetirableGrants", "of a service", lambda w: dict(RetiringServicePrincipal="logs.eu-central-1.amazonaws.com"), error="AccessDeniedException")
call("RetireGrant", "by its token", lambda w: dict(GrantToken=w.grant()["GrantToken"]))
call("RetireGrant", "by its id", lambda w: dict(KeyId=w.symmetric, GrantId=w.grant()["GrantId"]))
call("RetireGrant", "dry run", lambda w: dict(GrantToken=w.grant_token, DryRun=True), error=DRY)
call("RevokeGrant", "minimal", lambda w: dict(KeyId=w.symmetric, GrantId=w.grant()["GrantId"]))
call("RevokeGrant", "dry run", lambda w: dict(KeyId=w.symmetric, GrantId=w.grant()["GrantId"], DryRun=True), error=DRY)


# --- cryptography --------------------------------------------------------------------------------------------------------
def crypto(operation, minimal, more, must):
    """Minimal, full and as a dry run. The grant tokens are of the symmetric key unless `more` has others."""
    call(operation, "minimal", minimal, must)
    call(operation, "full", lambda w: {**minimal(w), **more(w)}, must)
    call(operation, "dry run", lambda w: {**minimal(w), "DryRun": True}, error=DRY)


def with_token(operation, key):
    return lambda w: {"GrantTokens": w.token(key(w), operation)}


def with_context(w):
    return {"EncryptionContext": CONTEXT, "GrantTokens": [w.grant_token]}


crypto("Encrypt", lambda w: dict(KeyId=w.symmetric, Plaintext=b"a"), lambda w: {**with_context(w), "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"},
       "CiphertextBlob KeyId EncryptionAlgorithm")
call("Encrypt", "RSA", lambda w: dict(KeyId=w.rsa_encrypt, Plaintext=b"a", EncryptionAlgorithm="RSAES_OAEP_SHA_256"),
     "CiphertextBlob KeyId EncryptionAlgorithm")
crypto("Decrypt", lambda w: dict(CiphertextBlob=w.sealed, EncryptionContext=CONTEXT),
       lambda w: dict(KeyId=w.alias, EncryptionAlgorithm="SYMMETRIC_DEFAULT", GrantTokens=[w.grant_token]),
       "KeyId Plaintext EncryptionAlgorithm KeyMaterialId")
call("Decrypt", "RSA", lambda w: dict(KeyId=w.rsa_encrypt, EncryptionAlgorithm="RSAES_OAEP_SHA_1", CiphertextBlob=w.kms.encrypt(
    KeyId=w.rsa_encrypt, Plaintext=b"a", EncryptionAlgorithm="RSAES_OAEP_SHA_1")["CiphertextBlob"]), "KeyId Plaintext EncryptionAlgorithm")
call("Decrypt", "without a ciphertext", lambda w: dict(KeyId=w.symmetric, DryRun=True, DryRunModifiers=["IGNORE_CIPHERTEXT"]), error=DRY)
crypto("ReEncrypt", lambda w: dict(CiphertextBlob=w.sealed, SourceEncryptionContext=CONTEXT, DestinationKeyId=w.other), lambda w: dict(
    SourceKeyId=w.symmetric, DestinationEncryptionContext={"b": "2"}, SourceEncryptionAlgorithm="SYMMETRIC_DEFAULT",
    DestinationEncryptionAlgorithm="SYMMETRIC_DEFAULT", GrantTokens=[w.grant_token]),
    "CiphertextBlob SourceKeyId KeyId SourceEncryptionAlgorithm DestinationEncryptionAlgorithm SourceKeyMaterialId DestinationKeyMaterialId")
call("ReEncrypt", "without a ciphertext", lambda w: dict(SourceKeyId=w.symmetric, DestinationKeyId=w.other, DryRun=True,
                                                         DryRunModifiers=["IGNORE_CIPHERTEXT"]), error=DRY)
crypto("GenerateDataKey", lambda w: dict(KeyId=w.symmetric, KeySpec="AES_256"), with_context, "CiphertextBlob Plaintext KeyId KeyMaterialId")
call("GenerateDataKey", "by its size", lambda w: dict(KeyId=w.symmetric, NumberOfBytes=64), "CiphertextBlob Plaintext KeyId KeyMaterialId")
crypto("GenerateDataKeyWithoutPlaintext", lambda w: dict(KeyId=w.symmetric, KeySpec="AES_128"), with_context, "CiphertextBlob KeyId KeyMaterialId")
call("GenerateDataKeyWithoutPlaintext", "by its size", lambda w: dict(KeyId=w.symmetric, NumberOfBytes=64), "CiphertextBlob KeyId KeyMaterialId")
PAIR = "PrivateKeyCiphertextBlob PublicKey KeyId KeyPairSpec KeyMaterialId"
crypto("GenerateDataKeyPair", lambda w: dict(KeyId=w.symmetric, KeyPairSpec="ECC_NIST_P256"), with_context, PAIR + " PrivateKeyPlaintext")
crypto("GenerateDataKeyPairWithoutPlaintext", lambda w: dict(KeyId=w.symmetric, KeyPairSpec="RSA_2048"), with_context, PAIR)
call("GenerateRandom", "minimal", lambda w: dict(NumberOfBytes=32), "Plaintext")
call("GenerateRandom", "of a store", lambda w: dict(NumberOfBytes=32, CustomKeyStoreId=w.store_of_keys()), "Plaintext")
crypto("Sign", lambda w: dict(KeyId=w.ecc_sign, Message=b"a message", SigningAlgorithm="ECDSA_SHA_256"),
       lambda w: {"Message": b"d" * 32, "MessageType": "DIGEST", **with_token("Sign", lambda w: w.ecc_sign)(w)}, "KeyId Signature SigningAlgorithm")
call("Sign", "RSA", lambda w: dict(KeyId=w.rsa_sign, Message=b"a", SigningAlgorithm="RSASSA_PSS_SHA_512"), "KeyId Signature SigningAlgorithm")
crypto("Verify", lambda w: dict(KeyId=w.ecc_sign, Message=b"a message", SigningAlgorithm="ECDSA_SHA_256",
                                Signature=w.signed(w.ecc_sign, "ECDSA_SHA_256")),
       lambda w: {"MessageType": "RAW", **with_token("Verify", lambda w: w.ecc_sign)(w)}, "KeyId SignatureValid SigningAlgorithm")
call("Verify", "another message", lambda w: dict(KeyId=w.ecc_sign, Message=b"another", SigningAlgorithm="ECDSA_SHA_256",
                                                 Signature=w.signed(w.ecc_sign, "ECDSA_SHA_256")), error="KMSInvalidSignatureException")
crypto("GenerateMac", lambda w: dict(KeyId=w.hmac, Message=b"a message", MacAlgorithm="HMAC_SHA_256"),
       with_token("GenerateMac", lambda w: w.hmac), "Mac MacAlgorithm KeyId")
crypto("VerifyMac", lambda w: dict(KeyId=w.hmac, Message=b"a message", MacAlgorithm="HMAC_SHA_256", Mac=w.kms.generate_mac(
    KeyId=w.hmac, Message=b"a message", MacAlgorithm="HMAC_SHA_256")["Mac"]), with_token("VerifyMac", lambda w: w.hmac), "KeyId MacValid MacAlgorithm")
call("VerifyMac", "another MAC", lambda w: dict(KeyId=w.hmac, Message=b"a", MacAlgorithm="HMAC_SHA_256", Mac=b"m" * 32),
     error="KMSInvalidMacException")
on_a_key("GetPublicKey", lambda w: w.ecc_sign, "KeyId PublicKey CustomerMasterKeySpec KeySpec KeyUsage SigningAlgorithms")
call("GetPublicKey", "full", lambda w: dict(KeyId=w.rsa_encrypt, GrantTokens=w.token(w.rsa_encrypt, "GetPublicKey")),
     "KeyId PublicKey CustomerMasterKeySpec KeySpec KeyUsage EncryptionAlgorithms")
crypto("DeriveSharedSecret", lambda w: dict(KeyId=w.agree, KeyAgreementAlgorithm="ECDH", PublicKey=w.peer()),
       with_token("DeriveSharedSecret", lambda w: w.agree), "KeyId SharedSecret KeyAgreementAlgorithm KeyOrigin")
for operation, minimal in (("Decrypt", lambda w: dict(CiphertextBlob=w.sealed, EncryptionContext=CONTEXT)),
                           ("GenerateDataKey", lambda w: dict(KeyId=w.symmetric, KeySpec="AES_256")),
                           ("GenerateDataKeyPair", lambda w: dict(KeyId=w.symmetric, KeyPairSpec="ECC_NIST_P256")),
                           ("GenerateRandom", lambda w: dict(NumberOfBytes=32)),
                           ("DeriveSharedSecret", lambda w: dict(KeyId=w.agree, KeyAgreementAlgorithm="ECDH", PublicKey=w.peer()))):
    call(operation, "a recipient who proves nothing", lambda w, minimal=minimal: {**minimal(w), "Recipient": RECIPIENT}, error="ValidationException")
# No key can be made for them yet.
for operation, more in (("Encapsulate", {}), ("Decapsulate", {"SharedSecretCiphertextBlob": b"a" * 768})):
    for label, further in (("minimal", {}), ("full", {"DryRun": True, "GrantTokens": None})):
        call(operation, label, lambda w, more=more, further=further: {
            "KeyId": w.symmetric, "EncapsulationAlgorithm": "ML_KEM", **more, **further, **({"GrantTokens": [w.grant_token]} if further else {})},
            error=(UNSUPPORTED, "InvalidKeyUsageException"))

# --- rotation, imports, Regions ------------------------------------------------------------------------------------------
on_a_key("EnableKeyRotation", lambda w: w.other)
call("EnableKeyRotation", "full", lambda w: dict(KeyId=w.other, RotationPeriodInDays=90))
on_a_key("GetKeyRotationStatus", lambda w: w.other, "KeyRotationEnabled KeyId RotationPeriodInDays NextRotationDate")
on_a_key("DisableKeyRotation", lambda w: w.other)
on_a_key("RotateKeyOnDemand", lambda w: w.key(), "KeyId")
paged("ListKeyRotations", "Rotations", "list_key_rotations", KeyId=lambda w: w.rotated())
call("ListKeyRotations", "all materials", lambda w: dict(KeyId=w.rotated(), IncludeKeyMaterial="ALL_KEY_MATERIAL"), "Rotations Truncated")
call("GetParametersForImport", "full", lambda w: dict(KeyId=w.key(Origin="EXTERNAL"), WrappingAlgorithm="RSA_AES_KEY_WRAP_SHA_256",
                                                      WrappingKeySpec="RSA_3072"), "KeyId ImportToken PublicKey ParametersValidTo")


def import_again(w):
    material = os.urandom(32)
    key, material_id = w.imported(material)
    return dict(w.wrapped(key, material), ImportType="EXISTING_KEY_MATERIAL", KeyMaterialId=material_id,
                ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE")


def tomorrow():
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=1)


call("ImportKeyMaterial", "minimal", lambda w: dict(w.wrapped(w.key(Origin="EXTERNAL"), os.urandom(32)), ValidTo=tomorrow()), "KeyId KeyMaterialId")
call("ImportKeyMaterial", "full", lambda w: dict(
    w.wrapped(w.key(Origin="EXTERNAL"), os.urandom(32)), ValidTo=tomorrow(), ExpirationModel="KEY_MATERIAL_EXPIRES", ImportType="NEW_KEY_MATERIAL",
    KeyMaterialDescription="from elsewhere"), "KeyId KeyMaterialId")
call("ImportKeyMaterial", "again", import_again, "KeyId KeyMaterialId")
on_a_key("DeleteImportedKeyMaterial", lambda w: w.imported()[0], "KeyId KeyMaterialId")
call("DeleteImportedKeyMaterial", "full", lambda w: dict(zip(("KeyId", "KeyMaterialId"), w.imported())), "KeyId KeyMaterialId")
call("ReplicateKey", "minimal", lambda w: dict(KeyId=w.key(MultiRegion=True), ReplicaRegion=OTHER_REGION), "ReplicaKeyMetadata ReplicaPolicy")
call("ReplicateKey", "full", lambda w: dict(
    KeyId=w.key(MultiRegion=True), ReplicaRegion=OTHER_REGION, Policy=w.policy, BypassPolicyLockoutSafetyCheck=True, Description="there",
    Tags=[{"TagKey": "a", "TagValue": "1"}]), "ReplicaKeyMetadata ReplicaPolicy ReplicaTags")


def replicated(w):
    w.kms.replicate_key(KeyId=w.primary, ReplicaRegion=OTHER_REGION)
    return w.primary


def replicated_anew(w):
    w.primary = w.key(MultiRegion=True)
    return replicated(w)


call("UpdatePrimaryRegion", "full", lambda w: dict(KeyId=replicated_anew(w), PrimaryRegion=OTHER_REGION))

# --- custom key stores ---------------------------------------------------------------------------------------------------
call("CreateCustomKeyStore", "minimal", lambda w: dict(
    CustomKeyStoreName=w.new_name(), CloudHsmClusterId=w.no_store(), TrustAnchorCertificate=w.anchor(), KeyStorePassword=STORE_PIN), "CustomKeyStoreId")
call("CreateCustomKeyStore", "full", lambda w: dict(
    CustomKeyStoreName=w.new_name(), CloudHsmClusterId=w.no_store(), TrustAnchorCertificate=w.anchor(), KeyStorePassword=STORE_PIN,
    CustomKeyStoreType="AWS_CLOUDHSM"), "CustomKeyStoreId")
call("CreateCustomKeyStore", "outside", lambda w: dict(CustomKeyStoreName=w.new_name(), CustomKeyStoreType="EXTERNAL_KEY_STORE", **XKS, **XKS_IN_VPC),
     error=UNSUPPORTED)
call("ConnectCustomKeyStore", "full", lambda w: dict(CustomKeyStoreId=w.store()))
call("DisconnectCustomKeyStore", "full", lambda w: dict(CustomKeyStoreId=w.connected_store()))
call("UpdateCustomKeyStore", "a name", lambda w: dict(CustomKeyStoreId=w.store(), NewCustomKeyStoreName=w.new_name()))
call("UpdateCustomKeyStore", "full", lambda w: dict(CustomKeyStoreId=w.store(), NewCustomKeyStoreName=w.new_name(), KeyStorePassword=STORE_PIN))
call("UpdateCustomKeyStore", "a cluster", lambda w: dict(CustomKeyStoreId=w.store(), CloudHsmClusterId="cluster-nosuchcluste"),
     error="CloudHsmClusterNotFoundException")
call("UpdateCustomKeyStore", "outside", lambda w: dict(CustomKeyStoreId=w.store(), **XKS, **XKS_IN_VPC),
     error=("ValidationException", "XksProxyInvalidConfigurationException"))
call("DescribeCustomKeyStores", "minimal", lambda w: {}, "CustomKeyStores Truncated")
call("DescribeCustomKeyStores", "first page", lambda w: w.store() and w.store_of_keys() and dict(Limit=1), "CustomKeyStores Truncated NextMarker")
call("DescribeCustomKeyStores", "second page", lambda w: w.store() and w.store_of_keys() and dict(
    Limit=1, Marker=w.marker("describe_custom_key_stores")), "CustomKeyStores Truncated")
call("DescribeCustomKeyStores", "by its id", lambda w: dict(CustomKeyStoreId=w.store()), "CustomKeyStores Truncated")
call("DescribeCustomKeyStores", "by its name, a page", lambda w: dict(
    Limit=1, CustomKeyStoreName=w.kms.describe_custom_key_stores(CustomKeyStoreId=w.store())["CustomKeyStores"][0]["CustomKeyStoreName"]),
    "CustomKeyStores Truncated")
call("DescribeCustomKeyStores", "a marker", lambda w: dict(Marker="none"), error="InvalidMarkerException")
call("DeleteCustomKeyStore", "full", lambda w: dict(CustomKeyStoreId=w.store()))
