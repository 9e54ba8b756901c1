"""Goal: nobody is served without good credentials. Method: every operation, listed by the server's own program when the test runs, is
called over HTTPS and over gRPC with each kind of bad credentials; each call gets AWS's name for what is wrong with them, leaves one
record of its refusal and changes nothing. Besides, only the health calls are served to strangers."""

import datetime
import unittest

from botocore.credentials import Credentials

from server import BUILD, Server
from spoilt_calls import INCOMPLETE, INVALID, MISSING, PROVED_BY_A_MEMBER, UNRECOGNIZED, Grpc, Https, Proofs, error_of, operations, \
    rows, session_of, spoilt_signatures
from sts_test import ISSUER, Issuer

HEALTH_PATHS = ("/healthz", "/readyz")
OTHER_PATHS = ("/", "/?", "/health", "/healthz/", "/healthz/x", "/HEALTHZ", "//healthz", "/%68ealthz", "/readyz/", "/livez", "/metrics",
               "/status", "/version", "/admin", "/debug/pprof", "/favicon.ico", "/.well-known/openid-configuration", "/x/../healthz",
               "/?Action=ListUsers&Version=2010-05-08", "/?Action=GetCallerIdentity&Version=2011-06-15", "/operations", "/v1/keys")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
GRPC_OF_STRANGERS = {"/grpc.health.v1.Health/Check"}
GRPC_OTHERS = ("/", "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "/grpc.channelz.v1.Channelz/GetServers",
               "/grpc.health.v1.Health/List", "/kmaas.kms.v1.KeyManagementService/", "/kmaas.kms.v1.KeyManagementService/NoSuchRpc",
               "/kmaas.lifecycle.v1.KeyLifecycle/RotateKey", "/kmaas.lifecycle.v1.KeyLifecycle/DeleteKey",
               "/kmaas.KeyManagementService/ListKeys", "/kmaas.kms.v1.KeyManagementService/ListKeys/x", "/KeyManagementService/ListKeys")


def certificate(server, authority=None, uri="spiffe://kmaas/nobody"):
    """(key, certificate) of a client, by the server's own authority or by a stranger's."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID
    key = ec.generate_private_key(ec.SECP256R1())
    own = serialization.load_pem_private_key((server.data / "tls/ca.key").read_bytes(), None)
    ca = x509.load_pem_x509_certificate((server.data / "tls/ca.crt").read_bytes())
    now = datetime.datetime.utcnow()
    made = (x509.CertificateBuilder().subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])).issuer_name(ca.subject)
            .public_key(key.public_key()).serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(uri)]), False)
            .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH]), False).sign(authority or own, hashes.SHA256()))
    pem = serialization.Encoding.PEM
    return (key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()), made.public_bytes(pem))


class CredentialsRefused(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.issuer = Issuer()
        cls.server = Server({"issuers": [{"url": ISSUER, "audiences": ["kmaas"], "keys_file": "idp.jwks"}], "limits": {"unproven_per_second": 0}})
        (cls.server.directory / "idp.jwks").write_text(cls.issuer.jwks())
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.server.boto3().create_key()
        cls.operations = operations(cls.server)
        cls.signed = [one for one in cls.operations if one.name != PROVED_BY_A_MEMBER]
        sts = cls.server.boto3("sts")
        cls.proofs = Proofs(cls.server, (session_of(sts), session_of(sts)), *cls.lost_credentials())
        cls.https = Https(cls.server)
        cls.grpc = Grpc(cls.server)

    @classmethod
    def lost_credentials(cls):
        """Of a key that was deactivated, and of a session whose user was deleted."""
        iam = cls.server.boto3("iam")
        made = {}
        for name in ("sleeper", "leaver"):
            iam.create_user(UserName=name)
            made[name] = iam.create_access_key(UserName=name)["AccessKey"]
        keys = {name: Credentials(key["AccessKeyId"], key["SecretAccessKey"]) for name, key in made.items()}
        session = session_of(cls.server.boto3("sts", aws_access_key_id=keys["leaver"].access_key, aws_secret_access_key=keys["leaver"].secret_key))
        iam.update_access_key(UserName="sleeper", AccessKeyId=keys["sleeper"].access_key, Status="Inactive")
        iam.delete_access_key(UserName="leaver", AccessKeyId=keys["leaver"].access_key)
        iam.delete_user(UserName="leaver")
        return keys["sleeper"], session

    def setUp(self):
        self.rows_before = rows(self.server)
        self.events_before = len(self.server.audit_events())
        self.calls = 0

    def tearDown(self):
        self.assertEqual(rows(self.server), self.rows_before)
        events = self.server.audit_events()[self.events_before:]
        self.assertEqual(len(events), self.calls)
        self.assertEqual([event for event in events if not event.get("errorCode")], [])

    def check(self, what, operation, answer, expected):
        self.calls += 1
        with self.subTest(credentials=what, operation=operation.name, service=operation.service):
            self.assertEqual(answer[1], error_of(operation, expected))
            self.assertNotIn(answer[0], (200, "OK"))

    def test_lists_what_it_serves(self):
        self.assertGreater(len(self.operations), 100)
        self.assertEqual({one.service for one in self.operations}, {"kms", "iam", "sts"})

    def test_takes_good_credentials_from_the_same_client(self):
        """Or the refusals would prove nothing."""
        one = next(one for one in self.operations if one.name == "ListKeys")
        self.assertEqual(self.https.send(one, self.proofs.sign(self.https.request(one), one.service))[0], 200)
        self.assertEqual(self.https.send(one, self.proofs.sign(self.https.request(one), one.service, self.proofs.session))[0], 200)
        with self.server.grpc_channel(with_certificate=False) as channel:
            headers = self.proofs.sign(self.grpc.request(one), one.service)
            self.assertEqual(self.grpc.send_all(channel, [(one.path, headers)])[0], ("OK", None))
        self.events_before = len(self.server.audit_events())

    def test_refuses_every_operation_over_https(self):
        for one in self.signed:
            request = lambda: self.https.request(one)  # noqa: E731
            unsigned = list(request().headers.items())
            self.check("none", one, self.https.send(one, unsigned), MISSING)
            self.check("an empty header", one, self.https.send(one, unsigned + [("Authorization", "")]), MISSING)
            for what, (headers, expected) in spoilt_signatures(self.proofs, one.service, request).items():
                self.check(what, one, self.https.send(one, headers), expected)
            good = self.proofs.sign(request(), one.service)
            link = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-Signature=b"
            self.check("a header and a query", one, self.https.send(one, good, link), INCOMPLETE)
            self.check("only a query", one, self.https.send(one, unsigned, link), INCOMPLETE)
            self.check("a path that was not signed", one, self.https.send(one, good, "/?a=b"), INVALID)

    def test_refuses_every_operation_over_grpc(self):
        with self.server.grpc_channel(with_certificate=False) as channel:
            self.over_grpc("none", channel, lambda one: [], MISSING)
            spoilt = {one: spoilt_signatures(self.proofs, one.service, lambda: self.grpc.request(one)) for one in self.signed}
            for what, (_, expected) in spoilt[self.signed[0]].items():
                self.over_grpc(what, channel, lambda one: spoilt[one][what][0], expected)
            self.over_grpc("the signature of another rpc", channel,
                           lambda one: self.proofs.sign(self.grpc.request(one._replace(path=one.path + "x")), one.service), INVALID)

    def over_grpc(self, what, channel, headers, expected):
        answers = self.grpc.send_all(channel, [(one.path, headers(one)) for one in self.signed])
        for one, answer in zip(self.signed, answers):
            self.check(what, one, answer, expected)
            self.assertEqual(answer[0], "UNAUTHENTICATED")

    def test_refuses_bad_bearers_over_grpc(self):
        stranger = Issuer().token()
        late = self.issuer.token(exp=int(datetime.datetime.now().timestamp()) - 120)
        bearer = lambda token: lambda one: [("authorization", "Bearer " + token)]  # noqa: E731
        with self.server.grpc_channel(with_certificate=False) as channel:
            self.over_grpc("nothing", channel, bearer(""), "InvalidIdentityTokenException")
            self.over_grpc("no token", channel, bearer("a.b.c"), "InvalidIdentityTokenException")
            self.over_grpc("a stranger's token", channel, bearer(stranger), "InvalidIdentityTokenException")
            self.over_grpc("a token for somebody else", channel, bearer(self.issuer.token(aud="other")), "InvalidIdentityTokenException")
            self.over_grpc("a token after its time", channel, bearer(late), "ExpiredIdentityTokenException")
            self.over_grpc("two tokens", channel, lambda one: bearer(late)(one) * 2, INCOMPLETE)

    def test_refuses_certificates_of_nobody_over_grpc(self):
        import grpc
        from cryptography.hazmat.primitives.asymmetric import ec
        ca = (self.server.data / "tls/ca.crt").read_bytes()
        address = f"127.0.0.1:{self.server.grpc_port}"
        with grpc.secure_channel(address, grpc.ssl_channel_credentials(ca, *certificate(self.server))) as channel:
            self.over_grpc("a certificate of nobody", channel, lambda one: [], UNRECOGNIZED)
        forged = certificate(self.server, ec.generate_private_key(ec.SECP256R1()))
        with grpc.secure_channel(address, grpc.ssl_channel_credentials(ca, *forged)) as channel:
            answers = self.grpc.send_all(channel, [(one.path, []) for one in self.operations])
            self.assertEqual({status for status, _ in answers}, {"UNAVAILABLE"})  # there is no handshake

    def test_refuses_a_certificate_beside_the_signature_of_somebody_else(self):
        iam = self.server.boto3("iam")
        iam.create_user(UserName="second")
        made = iam.create_access_key(UserName="second")["AccessKey"]
        self.rows_before = rows(self.server)
        self.events_before = len(self.server.audit_events())
        second = Credentials(made["AccessKeyId"], made["SecretAccessKey"])
        with self.server.grpc_channel() as channel:
            self.over_grpc("two callers", channel, lambda one: self.proofs.sign(self.grpc.request(one), one.service, second), UNRECOGNIZED)
            self.over_grpc("a certificate and a bad signature", channel,
                           lambda one: self.proofs.sign(self.grpc.request(one), one.service, Credentials(self.proofs.own.access_key, "x" * 40)),
                           INVALID)

    def test_refuses_bad_tokens_in_place_of_a_signature(self):
        one = next(one for one in self.operations if one.name == PROVED_BY_A_MEMBER)
        form = f"Action={one.name}&Version=2011-06-15&RoleSessionName=jane&RoleArn=arn:aws:iam::{self.server.account}:role/any"
        late = self.issuer.token(exp=int(datetime.datetime.now().timestamp()) - 120)
        headers = [("Content-Type", "application/x-www-form-urlencoded")]
        for what, more, expected in (("none", "", "ValidationError"), ("none in it", "&WebIdentityToken=", "ValidationError"),
                                     ("garbage", "&WebIdentityToken=garbage", "InvalidIdentityToken"),
                                     ("a stranger's", "&WebIdentityToken=" + Issuer().token(), "InvalidIdentityToken"),
                                     ("late", "&WebIdentityToken=" + late, "ExpiredTokenException"),
                                     ("two", "&WebIdentityToken=" + self.issuer.token() * 2, "InvalidIdentityToken"),
                                     ("twice", ("&WebIdentityToken=" + self.issuer.token()) * 2, "MalformedQueryString")):
            self.calls += 1
            with self.subTest(token=what):
                status, answer = self.https.raw("POST", "/", headers, form + more)
                self.assertIn(f"<Code>{expected}</Code>", answer)
                self.assertGreaterEqual(status, 400)

    def test_serves_strangers_the_health_calls_and_nothing_else(self):
        served = set()
        for path in HEALTH_PATHS + OTHER_PATHS:
            for method in METHODS:
                status, _ = self.https.raw(method, path)
                if status < 400:
                    served.add((method, path))
        self.assertEqual(served, {(method, path) for path in HEALTH_PATHS for method in ("GET", "HEAD")})
        self.events_before = len(self.server.audit_events())  # of some of these there are records, of the others none

    def test_serves_strangers_the_health_rpc_and_nothing_else(self):
        paths = sorted(GRPC_OF_STRANGERS) + list(GRPC_OTHERS) + [one.path for one in self.operations]
        with self.server.grpc_channel(with_certificate=False) as channel:
            answers = self.grpc.send_all(channel, [(path, []) for path in paths])
        self.assertEqual({path for path, (status, _) in zip(paths, answers) if status == "OK"}, GRPC_OF_STRANGERS)
        self.events_before = len(self.server.audit_events())


class ExpiredSession(unittest.TestCase):
    """A session whose end has come: the server, and whoever signs, live twenty minutes later than it was given."""

    MINUTES_LATER = 20

    def test_is_refused_for_every_operation(self):
        with Server() as server:
            session = session_of(server.boto3("sts"))
            server.stop()
            server.environment.update(LD_PRELOAD=str(BUILD / "tests/libclock_ahead.so"), KMAAS_TEST_SECONDS_AHEAD=str(self.MINUTES_LATER * 60))
            server.start()
            before, events = rows(server), len(server.audit_events())
            proofs = Proofs(server)
            signed = [one for one in operations(server) if one.name != PROVED_BY_A_MEMBER]
            https, grpc = Https(server), Grpc(server)
            sign = lambda request, one: proofs.sign(request, one.service, session, late=-self.MINUTES_LATER)  # noqa: E731
            for one in signed:
                answer = https.send(one, sign(https.request(one), one))
                self.assertEqual(answer[1], error_of(one, "ExpiredTokenException"), one)
            with server.grpc_channel(with_certificate=False) as channel:
                answers = grpc.send_all(channel, [(one.path, sign(grpc.request(one), one)) for one in signed])
            for one, answer in zip(signed, answers):
                self.assertEqual(answer, ("UNAUTHENTICATED", error_of(one, "ExpiredTokenException")), one)
            self.assertEqual(rows(server), before)
            self.assertTrue(all(event.get("errorCode") for event in server.audit_events()[events:]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
