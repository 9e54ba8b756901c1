"""AWS JSON 1.1 as it is on the wire, signed by botocore: for operations and members that are newer than the packaged boto3."""

import base64
import http.client
import json

from server import again_when_throttled

BLOBS = ("CiphertextBlob", "ImportToken", "Mac", "Plaintext", "PrivateKeyCiphertextBlob", "PrivateKeyPlaintext", "PublicKey", "SharedSecret", "Signature")


class Fault(Exception):
    def __init__(self, name, message):
        super().__init__(f"{name}: {message}")
        self.name, self.message = name, message


class KmsJson:
    """Bytes go and come as bytes; one connection, so one thread at a time."""

    def __init__(self, server):
        from botocore.auth import SigV4Auth
        from botocore.credentials import Credentials
        self.server = server
        self.signer = SigV4Auth(Credentials(server.credentials["access_key_id"], server.credentials["secret_access_key"]), "kms", server.region)
        self.connection = http.client.HTTPSConnection("127.0.0.1", server.https_port, context=server.tls(), timeout=60)

    def call(self, operation, **members):
        from botocore.awsrequest import AWSRequest
        body = json.dumps({name: base64.b64encode(value).decode() if isinstance(value, bytes) else value for name, value in members.items()})
        signed = AWSRequest("POST", self.server.url + "/", data=body,
                            headers={"X-Amz-Target": f"TrentService.{operation}", "Content-Type": "application/x-amz-json-1.1"})
        self.signer.add_auth(signed)
        self.connection.request("POST", "/", body.encode(), dict(signed.headers))
        answer = self.connection.getresponse()
        text = answer.read()
        reply = json.loads(text) if text else {}
        if answer.status != 200:
            raise Fault(reply["__type"], reply.get("message", ""))
        return {name: base64.b64decode(value) if name in BLOBS else value for name, value in reply.items()}

    def close(self):
        self.connection.close()

    def patiently(self, operation, **members):
        return again_when_throttled(self.call, operation, **members)

    def make_key(self, spec, usage, **members):
        return self.patiently("CreateKey", KeySpec=spec, KeyUsage=usage, **members)["KeyMetadata"]["Arn"]

    def import_key(self, spec, usage, material):
        """A key whose material is this secret, or this private key as PKCS#8."""
        from cryptography.hazmat.primitives import hashes, keywrap, serialization
        from cryptography.hazmat.primitives.asymmetric import padding
        arn = self.make_key(spec, usage, Origin="EXTERNAL")
        asked = self.patiently("GetParametersForImport", KeyId=arn, WrappingAlgorithm="RSA_AES_KEY_WRAP_SHA_256", WrappingKeySpec="RSA_2048")
        ephemeral = b"\x5a" * 32
        oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
        wrapped = serialization.load_der_public_key(asked["PublicKey"]).encrypt(ephemeral, oaep) + keywrap.aes_key_wrap_with_padding(ephemeral, material)
        self.call("ImportKeyMaterial", KeyId=arn, ImportToken=asked["ImportToken"], EncryptedKeyMaterial=wrapped,
                  ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE")
        return arn
