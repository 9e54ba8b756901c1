"""A server with something of each kind for the calls of service_model_calls.py: keys of every usage, aliases, grants, imports, a second
Region and a second token for a custom key store."""

import datetime
import itertools
import json
import os

from server import ACCOUNT, Server, again_when_throttled, until

OTHER_REGION = "eu-west-1"
# A second token for stores that come and go, and a third for the one that has keys, which therefore stays.
CLUSTERS = {"cluster-abcdefghijk": "passing-store", "cluster-lmnopqrstuv": "store-with-keys"}
CLUSTER, CLUSTER_OF_KEYS = CLUSTERS
STORE_PIN = "key-store-pin-1"
KINDS = {"symmetric": {}, "rsa_encrypt": {"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"},
         "rsa_sign": {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}, "ecc_sign": {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"},
         "agree": {"KeySpec": "ECC_NIST_P256", "KeyUsage": "KEY_AGREEMENT"}, "hmac": {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"},
         "other": {}, "primary": {"MultiRegion": True}}


def root_certificate():
    """Of an authority over enclaves that has none."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    key = ec.generate_private_key(ec.SECP384R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "root of enclaves")])
    now = datetime.datetime.utcnow()
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30)).add_extension(x509.BasicConstraints(True, None), True).sign(key, hashes.SHA384()))
    return made.public_bytes(serialization.Encoding.PEM)


class World:
    """`kms` is the client that makes things; the calls under test go through others."""

    def __init__(self):
        clusters = [{"cluster_id": cluster, "account": ACCOUNT, "token_label": token} for cluster, token in CLUSTERS.items()]
        self.server = Server({"regions": [OTHER_REGION], "key_stores": clusters, "attestation": {"roots": ["root.pem"]}})
        self.numbers = itertools.count(1)
        self.rotations = self.lasting_store = None

    def __enter__(self):
        try:
            self.server.make_token()
            for token in CLUSTERS.values():
                self.server.run(["softhsm2-util", "--init-token", "--free", "--label", token, "--pin", STORE_PIN, "--so-pin", self.server.so_pin])
            (self.server.directory / "root.pem").write_bytes(root_certificate())
            self.server.write_config()
            self.server.init()
            self.server.start()
            self.fill()
        except BaseException:
            self.server.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.kms.close()
        self.server.__exit__()

    def fill(self):
        self.kms = self.server.boto3()
        for name, options in KINDS.items():
            setattr(self, name, self.key(**options))
        self.user = self.server.boto3("iam").create_user(UserName="grantee")["User"]["Arn"]
        self.alias = self.new_alias()
        self.kms.tag_resource(KeyId=self.symmetric, Tags=[{"TagKey": one, "TagValue": "1"} for one in ("a", "b")])
        self.new_alias()
        for _ in range(2):
            self.grant_token = self.grant()["GrantToken"]
        self.sealed = self.kms.encrypt(KeyId=self.symmetric, Plaintext=b"a secret", EncryptionContext={"a": "1"})["CiphertextBlob"]
        self.policy = json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{self.server.account}:root"}, "Action": "kms:*", "Resource": "*"}]})

    # --- made when a call asks for them -----------------------------------------------------------------------------------
    def key(self, **options):
        return self.kms.create_key(**options)["KeyMetadata"]["Arn"]

    def new_name(self):
        return f"made-{next(self.numbers)}"

    def new_alias(self, key=None):
        name = "alias/" + self.new_name()
        self.kms.create_alias(AliasName=name, TargetKeyId=key or self.symmetric)
        return name

    def grant(self, **options):
        return self.kms.create_grant(**{"KeyId": self.symmetric, "GranteePrincipal": self.user, "RetiringPrincipal": self.user,
                                        "Operations": ["Encrypt", "Decrypt", "DescribeKey"], **options})

    def token(self, key, *operations):
        """Of a grant on another key than the symmetric one."""
        return [self.kms.create_grant(KeyId=key, GranteePrincipal=self.user, Operations=list(operations))["GrantToken"]]

    def doomed(self):
        arn = self.key()
        self.kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
        return arn

    def marker(self, operation, **request):
        """Of a second page, where pages are of one entry."""
        return getattr(self.kms, operation)(Limit=1, **request)["NextMarker"]

    def signed(self, key, algorithm, message=b"a message"):
        return self.kms.sign(KeyId=key, Message=message, SigningAlgorithm=algorithm)["Signature"]

    def peer(self):
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec
        key = ec.generate_private_key(ec.SECP256R1()).public_key()
        return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    def wrapped(self, key, material):
        """The members of ImportKeyMaterial that bring the material."""
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import padding
        given = again_when_throttled(self.kms.get_parameters_for_import, KeyId=key, WrappingAlgorithm="RSAES_OAEP_SHA_256",
                                     WrappingKeySpec="RSA_2048")
        public_key = serialization.load_der_public_key(given["PublicKey"])
        sealed = public_key.encrypt(material, padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
        return {"KeyId": key, "ImportToken": given["ImportToken"], "EncryptedKeyMaterial": sealed}

    def imported(self, material=None):
        """(key, id of its material)."""
        key = self.key(Origin="EXTERNAL")
        made = self.kms.import_key_material(**self.wrapped(key, material or os.urandom(32)), ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE")
        return key, made["KeyMaterialId"]

    def rotated(self):
        """A key whose rotations fill more than one page of one."""
        if self.rotations is None:
            self.rotations = self.key()
            for _ in range(2):
                self.kms.rotate_key_on_demand(KeyId=self.rotations)
                until(lambda: "OnDemandRotationStartDate" not in self.kms.get_key_rotation_status(KeyId=self.rotations))
        return self.rotations

    # --- custom key stores -------------------------------------------------------------------------------------------------
    def no_store(self):
        """A cluster that has no store: what is left there of a call before goes."""
        for store in self.kms.describe_custom_key_stores()["CustomKeyStores"]:
            if store["CloudHsmClusterId"] == CLUSTER:
                self.disconnect(store["CustomKeyStoreId"])
                self.kms.delete_custom_key_store(CustomKeyStoreId=store["CustomKeyStoreId"])
        return CLUSTER

    def store(self):
        """Disconnected."""
        return self.make_store(self.no_store())

    def make_store(self, cluster):
        return self.kms.create_custom_key_store(CustomKeyStoreName=self.new_name(), CloudHsmClusterId=cluster, TrustAnchorCertificate=self.anchor(),
                                                KeyStorePassword=STORE_PIN)["CustomKeyStoreId"]

    def connected_store(self):
        return self.connect(self.store())

    def store_of_keys(self):
        """Connected, too; calls may leave keys in it."""
        if self.lasting_store is None:
            self.lasting_store = self.connect(self.make_store(CLUSTER_OF_KEYS))
        return self.lasting_store

    def connect(self, store):
        self.kms.connect_custom_key_store(CustomKeyStoreId=store)
        self.until_settled(store)
        return store

    def disconnect(self, store):
        self.until_settled(store)
        if self.state_of(store) in ("CONNECTED", "FAILED"):
            self.kms.disconnect_custom_key_store(CustomKeyStoreId=store)
            self.until_settled(store)

    def anchor(self):
        return (self.server.data / "tls/ca.crt").read_text()

    def state_of(self, store):
        return self.kms.describe_custom_key_stores(CustomKeyStoreId=store)["CustomKeyStores"][0]["ConnectionState"]

    def until_settled(self, store):
        until(lambda: self.state_of(store) != "CONNECTING")
