"""Temporary credentials with the real `aws sts`, boto3 and a Python gRPC client: how a person comes to act as a role."""

import base64
import configparser
import http.server
import json
import os
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

import kms_grpc
from authenticator import Authenticator
from server import Server, until

ISSUER = "https://idp.example/realm"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """An OpenID Connect issuer that is nothing but a key."""

    def __init__(self):
        from cryptography.hazmat.primitives.asymmetric import ec
        self.key = ec.generate_private_key(ec.SECP256R1())

    def jwks(self):
        numbers = self.key.public_key().public_numbers()
        return json.dumps({"keys": [{"kid": "one", "kty": "EC", "crv": "P-256", "x": base64url(numbers.x.to_bytes(32, "big")),
                                     "y": base64url(numbers.y.to_bytes(32, "big"))}]})

    def token(self, **claims):
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, utils
        now = int(time.time())
        claims = dict({"iss": ISSUER, "aud": "kmaas", "sub": "jane@afar", "iat": now, "exp": now + 300}, **claims)
        text = ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "ES256", "kid": "one"}, claims))
        r, s = utils.decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return text + "." + base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def allow(action, resource="*"):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]})


def trust(principal, action="sts:AssumeRole", condition=None):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Sts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.issuer = Issuer()
        cls.server = Server({"issuers": [{"url": ISSUER, "audiences": ["kmaas"], "keys_file": "idp.jwks", "mfa_amr": ["mfa"]}],
                             "health": {"interval_ms": 200}})
        (cls.server.directory / "idp.jwks").write_text(cls.issuer.jwks())
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.iam = cls.server.boto3("iam")
        cls.key = cls.server.boto3().create_key()["KeyMetadata"]["Arn"]
        cls.account = cls.server.account

    def make_role(self, name, trusted, policy=None):
        arn = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted)["Role"]["Arn"]
        self.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy or allow("kms:*"))
        return arn

    def make_user(self, name, policy):
        self.iam.create_user(UserName=name)
        self.iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy)
        key = self.iam.create_access_key(UserName=name)["AccessKey"]
        return dict(aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])

    def client_of(self, credentials, service="kms"):
        return self.server.boto3(service, aws_access_key_id=credentials["AccessKeyId"], aws_secret_access_key=credentials["SecretAccessKey"],
                                 aws_session_token=credentials["SessionToken"])

    def refused(self, code, call, **arguments):
        import botocore.exceptions
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)

    def enable_mfa(self, user):
        made = self.iam.create_virtual_mfa_device(VirtualMFADeviceName=user)["VirtualMFADevice"]
        device = Authenticator(made["Base32StringSeed"].decode())
        self.iam.enable_mfa_device(UserName=user, SerialNumber=made["SerialNumber"], AuthenticationCode1=device.next(),
                                   AuthenticationCode2=device.next())
        return made["SerialNumber"], device

    def test_says_who_calls(self):
        who = self.server.aws("sts", "get-caller-identity")
        self.assertEqual(who["Account"], self.account)
        self.assertEqual(who["Arn"], f"arn:aws:iam::{self.account}:user/administrator")

    def test_follows_a_signed_link_to_who_calls(self):
        link = self.server.boto3("sts").generate_presigned_url("get_caller_identity", HttpMethod="GET")
        with urllib.request.urlopen(link, context=self.server.tls(), timeout=10) as answer:
            self.assertIn(b"user/administrator</Arn>", answer.read())
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(link[:-1] + ("0" if link[-1] != "0" else "1"), context=self.server.tls(), timeout=10)
        self.assertEqual(caught.exception.code, 403)

    def test_lets_a_user_act_as_a_role_and_no_longer_than_the_role_is_there(self):
        user = self.make_user("anna", allow("sts:AssumeRole"))
        arn = self.make_role("encryptor", trust({"AWS": f"arn:aws:iam::{self.account}:root"}), allow("kms:Encrypt"))
        sts = self.server.boto3("sts", **user)
        reply = sts.assume_role(RoleArn=arn, RoleSessionName="anna-at-work")
        kms = self.client_of(reply["Credentials"])
        kms.encrypt(KeyId=self.key, Plaintext=b"x")
        self.refused("AccessDeniedException", kms.describe_key, KeyId=self.key)
        self.assertEqual(self.client_of(reply["Credentials"], "sts").get_caller_identity()["Arn"],
                         f"arn:aws:sts::{self.account}:assumed-role/encryptor/anna-at-work")
        self.iam.delete_role_policy(RoleName="encryptor", PolicyName="own")
        self.iam.delete_role(RoleName="encryptor")
        self.make_role("encryptor", trust({"AWS": f"arn:aws:iam::{self.account}:root"}))
        self.refused("UnrecognizedClientException", kms.encrypt, KeyId=self.key, Plaintext=b"x")

    def test_keeps_a_session_policy(self):
        arn = self.make_role("all", trust({"AWS": f"arn:aws:iam::{self.account}:user/administrator"}))
        reply = self.server.boto3("sts").assume_role(RoleArn=arn, RoleSessionName="narrow", Policy=allow("kms:Encrypt"))
        kms = self.client_of(reply["Credentials"])
        blob = kms.encrypt(KeyId=self.key, Plaintext=b"x")["CiphertextBlob"]
        self.refused("AccessDeniedException", kms.decrypt, CiphertextBlob=blob)

    def test_refuses_what_is_not_the_whole_of_a_session(self):
        session = self.server.boto3("sts").get_session_token()["Credentials"]
        self.client_of(session).list_keys()
        other = self.server.boto3("sts").get_session_token()["Credentials"]
        for changed in ({"SessionToken": other["SessionToken"]}, {"SessionToken": session["SessionToken"][:-4] + "AAA="},
                        {"SessionToken": None}, {"AccessKeyId": self.server.credentials["access_key_id"],
                                                 "SecretAccessKey": self.server.credentials["secret_access_key"]}):
            self.refused("UnrecognizedClientException", self.client_of(dict(session, **changed)).list_keys)
        self.refused("InvalidSignatureException", self.client_of(dict(session, SecretAccessKey="x" * 40)).list_keys)

    def test_lets_a_user_assume_a_role_with_a_second_factor(self):
        user = self.make_user("bert", allow("sts:AssumeRole"))
        serial, device = self.enable_mfa("bert")
        arn = self.make_role("guarded", trust({"AWS": f"arn:aws:iam::{self.account}:user/bert"},
                                              condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}))
        self.refused("AccessDenied", self.server.boto3("sts", **user).assume_role, RoleArn=arn, RoleSessionName="bert")
        profiles = configparser.ConfigParser()
        profiles["profile bert"] = {"region": self.server.region, **user}
        path = self.server.directory / "aws-config"
        with open(path, "w") as file:
            profiles.write(file)
        environment = {name: value for name, value in self.server.environment.items() if not name.startswith("AWS_")}
        environment.update(AWS_CONFIG_FILE=str(path), AWS_SHARED_CREDENTIALS_FILE="/dev/null", AWS_CA_BUNDLE=self.server.ca,
                           AWS_EC2_METADATA_DISABLED="true", HOME=str(self.server.directory), no_proxy="127.0.0.1")
        got = self.server.boto3("sts", **user).assume_role(RoleArn=arn, RoleSessionName="bert", SerialNumber=serial, TokenCode=device.next())
        self.client_of(got["Credentials"]).encrypt(KeyId=self.key, Plaintext=b"x")
        result = subprocess.run(["/usr/bin/aws", "--endpoint-url", self.server.url, "--output", "json", "sts", "assume-role", "--profile", "bert",
                                 "--role-arn", arn, "--role-session-name", "cli", "--serial-number", serial, "--token-code", device.next()],
                                env=environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("assumed-role/guarded/cli", result.stdout)

    def test_lets_the_holder_of_an_identity_token_act_as_a_role(self):
        provider = f"arn:aws:iam::{self.account}:oidc-provider/idp.example/realm"
        arn = self.make_role("afar", trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity",
                                           {"StringEquals": {"idp.example/realm:sub": "jane@afar", "idp.example/realm:aud": "kmaas"}}))
        token = self.server.directory / "token"
        token.write_text(self.issuer.token())
        reply = self.server.aws("sts", "assume-role-with-web-identity", "--role-arn", arn, "--role-session-name", "jane",
                                "--web-identity-token", f"file://{token}")
        self.client_of(reply["Credentials"]).encrypt(KeyId=self.key, Plaintext=b"x")
        assume = self.server.boto3("sts").assume_role_with_web_identity
        asked = dict(RoleArn=arn, RoleSessionName="jane")
        self.refused("AccessDenied", assume, WebIdentityToken=self.issuer.token(sub="john@afar"), **asked)
        self.refused("InvalidIdentityToken", assume, WebIdentityToken=Issuer().token(), **asked)
        self.refused("InvalidIdentityToken", assume, WebIdentityToken=self.issuer.token(aud="other"), **asked)
        self.refused("ExpiredTokenException", assume, WebIdentityToken=self.issuer.token(exp=int(time.time()) - 120), **asked)
        self.assertEqual(self.over_grpc({"authorization": "Bearer " + self.issuer.token(), "x-kmaas-role-arn": arn}), "OK")
        self.assertEqual(self.over_grpc({"authorization": "Bearer " + self.issuer.token(sub="john@afar"), "x-kmaas-role-arn": arn}),
                         "PERMISSION_DENIED")

    def test_replaces_the_keys_of_an_issuer_while_it_runs(self):
        provider = f"arn:aws:iam::{self.account}:oidc-provider/idp.example/realm"
        arn = self.make_role("later", trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity"))
        assume = self.server.boto3("sts").assume_role_with_web_identity
        path = self.server.directory / "idp.jwks"
        successor = Issuer()

        def believes(issuer):
            try:
                return bool(assume(RoleArn=arn, RoleSessionName="jane", WebIdentityToken=issuer.token()))
            except Exception:
                return False
        self.assertFalse(believes(successor))
        replacement = path.with_suffix(".new")
        try:
            replacement.write_text(successor.jwks())
            os.replace(replacement, path)
            self.assertTrue(until(lambda: believes(successor)))
            self.assertFalse(believes(self.issuer))
        finally:
            replacement.write_text(self.issuer.jwks())
            os.replace(replacement, path)
            until(lambda: believes(self.issuer))

    def over_grpc(self, metadata):
        """The status of ListKeys by a caller with this metadata and no certificate."""
        import grpc
        messages, stubs = kms_grpc.load()
        with self.server.grpc_channel(with_certificate=False) as channel:
            try:
                stubs.KeyManagementServiceStub(channel).Encrypt(messages.EncryptRequest(key_id=self.key, plaintext=b"x"), timeout=10,
                                                                metadata=list(metadata.items()))
                return "OK"
            except grpc.RpcError as fault:
                return fault.code().name

    def signed_for_grpc(self, credentials):
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials
        messages, _ = kms_grpc.load()
        body = messages.EncryptRequest(key_id=self.key, plaintext=b"x").SerializeToString()
        request = AWSRequest("POST", f"https://127.0.0.1:{self.server.grpc_port}/kmaas.kms.v1.KeyManagementService/Encrypt", data=body)
        SigV4Auth(Credentials(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials.get("SessionToken")), "kms",
                  self.server.region).add_auth(request)
        return {name.lower(): value for name, value in request.headers.items()}

    def test_takes_signatures_of_keys_and_sessions_over_grpc(self):
        own = {"AccessKeyId": self.server.credentials["access_key_id"], "SecretAccessKey": self.server.credentials["secret_access_key"]}
        session = self.server.boto3("sts").get_session_token()["Credentials"]
        self.assertEqual(self.over_grpc(self.signed_for_grpc(own)), "OK")
        self.assertEqual(self.over_grpc(self.signed_for_grpc(session)), "OK")
        self.assertEqual(self.over_grpc(self.signed_for_grpc(dict(session, SessionToken=None))), "UNAUTHENTICATED")
        self.assertEqual(self.over_grpc(self.signed_for_grpc(dict(own, SecretAccessKey="x" * 40))), "UNAUTHENTICATED")
        self.assertEqual(self.over_grpc({}), "UNAUTHENTICATED")


class KeysFromAUrl(unittest.TestCase):
    """The keys of two issuers at one server, whose certificate only one of two authorities vouches for."""

    def serve(self, folder, text):
        make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        for name in ("server", "stranger"):
            subprocess.run([*make, "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.crt", "-subj", f"/CN={name}",
                            "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)

        class Keys(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200 if self.path == "/realm/keys" else 404)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass
        listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keys)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/server.crt", f"{folder}/server.key")
        listener.socket = context.wrap_socket(listener.socket, server_side=True)
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        self.addCleanup(listener.server_close)
        self.addCleanup(listener.shutdown)
        return f"https://127.0.0.1:{listener.server_port}"

    def test_takes_keys_only_from_a_server_that_its_authorities_vouch_for(self):
        issuer = Issuer()
        with tempfile.TemporaryDirectory() as folder:
            at = self.serve(folder, issuer.jwks())
            issuers = [{"url": ISSUER, "audiences": ["kmaas"], "keys_url": at + "/realm/keys", "keys_ca": f"{folder}/server.crt"},
                       {"url": ISSUER + "/2", "audiences": ["kmaas"], "keys_url": at + "/realm/keys", "keys_ca": f"{folder}/stranger.crt"},
                       {"url": ISSUER + "/3", "audiences": ["kmaas"], "keys_url": at + "/missing", "keys_ca": f"{folder}/server.crt"}]
            with Server({"issuers": issuers}) as server:
                role = server.boto3("iam").create_role(RoleName="afar", AssumeRolePolicyDocument=trust(
                    {"Federated": f"arn:aws:iam::{server.account}:oidc-provider/idp.example/realm"}, "sts:AssumeRoleWithWebIdentity"))
                assume = server.boto3("sts").assume_role_with_web_identity
                asked = dict(RoleArn=role["Role"]["Arn"], RoleSessionName="jane")
                self.assertIn("ASIA", assume(WebIdentityToken=issuer.token(), **asked)["Credentials"]["AccessKeyId"])
                for other in ("/2", "/3"):
                    with self.assertRaises(Exception) as caught:
                        assume(WebIdentityToken=issuer.token(iss=ISSUER + other), **asked)
                    self.assertEqual(caught.exception.response["Error"]["Code"], "IDPCommunicationError")


if __name__ == "__main__":
    unittest.main(verbosity=2)
