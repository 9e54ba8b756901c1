"""Calls of every operation that the server lists, over HTTPS and gRPC, whose credentials are spoilt in one way each."""

import collections
import datetime
import http.client
import json
import re
import sqlite3

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from server import BUILD

VERSIONS = {"iam": "2010-05-08", "sts": "2011-06-15"}  # of the services that speak the Query protocol
CODES_OF_QUERY = {"MissingAuthenticationTokenException": "MissingAuthenticationToken", "IncompleteSignatureException": "IncompleteSignature",
                  "InvalidSignatureException": "SignatureDoesNotMatch", "UnrecognizedClientException": "InvalidClientTokenId",
                  "ExpiredTokenException": "ExpiredToken", "InvalidIdentityTokenException": "InvalidIdentityToken",
                  "ExpiredIdentityTokenException": "ExpiredTokenException"}
PROVED_BY_A_MEMBER = "AssumeRoleWithWebIdentity"
MISSING, INCOMPLETE, INVALID, UNRECOGNIZED = ("MissingAuthenticationTokenException", "IncompleteSignatureException",
                                              "InvalidSignatureException", "UnrecognizedClientException")

Operation = collections.namedtuple("Operation", "name service target path")


def operations(server):
    listed = json.loads(server.run([BUILD / "bin/kmaas", "operations", "--json"]).stdout)
    return [Operation(one["name"], one["action"].split(":")[0], one["aws_target"], one["grpc_path"]) for one in listed]


def error_of(operation, code):
    """What the caller is told: of IAM and STS by the names of their protocol."""
    return code if operation.service not in VERSIONS else CODES_OF_QUERY[code]


class SignedAt(SigV4Auth):
    """botocore's signer with another clock."""

    def __init__(self, credentials, service, region, late=datetime.timedelta(0)):
        super().__init__(credentials, service, region)
        self.late = late

    def add_auth(self, request):
        at = datetime.datetime.now(datetime.timezone.utc) - self.late
        request.context["timestamp"] = at.strftime("%Y%m%dT%H%M%SZ")
        self._modify_request_before_signing(request)
        to_sign = self.string_to_sign(request, self.canonical_request(request))
        self._inject_signature_to_request(request, self.signature(to_sign, request))


class Proofs:
    """The credentials of a server's administrator, and ways to sign wrongly with them."""

    def __init__(self, server, sessions=(None, None), inactive=None, gone=None):
        own = server.credentials
        self.region = server.region
        self.own = Credentials(own["access_key_id"], own["secret_access_key"])
        self.session, self.other_session = sessions
        self.inactive = inactive
        self.gone = gone

    def sign(self, request, service, credentials=None, region=None, late=0):
        SignedAt(credentials or self.own, service, region or self.region, datetime.timedelta(minutes=late)).add_auth(request)
        return list(request.headers.items())


def session_of(client):
    made = client.get_session_token(DurationSeconds=900)["Credentials"]
    return Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


def edit(headers, name, change):
    return [(key, change(value) if key.lower() == name else value) for key, value in headers]


def twice(headers, name):
    return headers + [(key, value) for key, value in headers if key.lower() == name]


def without(headers, name):
    return [(key, value) for key, value in headers if key.lower() != name]


def spoilt_signatures(proofs, service, request):
    """name -> (headers, the error that they get); `request` makes a fresh one that nobody has signed."""
    def sign(**options):
        return proofs.sign(request(), service, **options)
    other = "kms" if service != "kms" else "iam"
    renamed = Credentials("AKIAIOSFODNN7EXAMPLE", proofs.own.secret_key)
    swapped = Credentials(proofs.session.access_key, proofs.session.secret_key, proofs.other_session.token)
    tokenless = Credentials(proofs.session.access_key, proofs.session.secret_key)
    signature = r", Signature=\w+"
    return {
        "no signature": (edit(sign(), "authorization", lambda text: re.sub(signature, "", text)), INCOMPLETE),
        "no credential": (edit(sign(), "authorization", lambda text: re.sub(r"Credential=[^,]+, ", "", text)), INCOMPLETE),
        "a short scope": (edit(sign(), "authorization", lambda text: text.replace("/aws4_request", "")), INCOMPLETE),
        "only the algorithm": (edit(sign(), "authorization", lambda text: "AWS4-HMAC-SHA256"), INCOMPLETE),
        "another algorithm": (edit(sign(), "authorization", lambda text: text.replace("SHA256", "SHA512")), INCOMPLETE),
        "something else": (edit(sign(), "authorization", lambda text: "let me in"), INCOMPLETE),
        "no date": (without(sign(), "x-amz-date"), INCOMPLETE),
        "too late": (sign(late=20), INVALID),
        "too early": (sign(late=-20), INVALID),
        "an unknown key": (sign(credentials=renamed), UNRECOGNIZED),
        "a wrong secret": (sign(credentials=Credentials(proofs.own.access_key, "x" * 40)), INVALID),
        "an inactive key": (sign(credentials=proofs.inactive), UNRECOGNIZED),
        "a session of a user who is gone": (sign(credentials=proofs.gone), UNRECOGNIZED),
        "another service": (proofs.sign(request(), other), INVALID),
        "another Region": (sign(region="ap-south-1"), INVALID),
        "a session without its token": (sign(credentials=tokenless), UNRECOGNIZED),
        "the token of another session": (sign(credentials=swapped), UNRECOGNIZED),
        "a token beside a key": (sign(credentials=Credentials(proofs.own.access_key, proofs.own.secret_key, proofs.session.token)), UNRECOGNIZED),
        "two signatures": (twice(sign(), "authorization"), INCOMPLETE),
        "two dates": (twice(sign(), "x-amz-date"), INCOMPLETE),
        "two tokens": (twice(sign(credentials=proofs.session), "x-amz-security-token"), INCOMPLETE),
    }


class Https:
    """Calls of operations over HTTPS, without parameters."""

    def __init__(self, server):
        self.server = server
        self.tls = server.tls()

    def request(self, operation):
        if operation.target:
            headers, body = {"X-Amz-Target": operation.target, "Content-Type": "application/x-amz-json-1.1"}, "{}"
        else:
            headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
            body = f"Action={operation.name}&Version={VERSIONS[operation.service]}"
        return AWSRequest("POST", self.server.url + "/", headers=headers, data=body)

    def send(self, operation, headers, path="/"):
        """(status, error) of the answer."""
        body = self.request(operation).data
        status, answer = self.raw("POST", path, headers, body)
        found = re.search(r'"__type":"(\w+)"|<Code>(\w+)</Code>', answer)
        return status, found and (found.group(1) or found.group(2))

    def raw(self, method, path, headers=(), body=""):
        connection = http.client.HTTPSConnection("127.0.0.1", self.server.https_port, timeout=20, context=self.tls)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body.encode())
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


class Grpc:
    """Calls of operations over gRPC, with an empty message."""

    def __init__(self, server):
        self.server = server

    def request(self, operation):
        return AWSRequest("POST", f"https://127.0.0.1:{self.server.grpc_port}{operation.path}", data=b"")

    def send_all(self, channel, calls):
        """(status, error) of each of [(path, headers)], which are sent at once."""
        import grpc
        running = [channel.unary_unary(path).future(b"", timeout=30, metadata=[(name.lower(), value) for name, value in headers])
                   for path, headers in calls]
        answers = []
        for call in running:
            fault = call.exception()
            if fault is None:
                answers.append(("OK", None))
            else:
                errors = dict(fault.trailing_metadata() or ())
                answers.append((fault.code().name, errors.get("x-amzn-errortype")))
            assert fault is None or isinstance(fault, grpc.RpcError)
        return answers


def rows(server):
    """All that the server keeps, but for the records on their way to the trail, when an access key or a KMS key was last used, the
    head, which counts every commit, and how far the seals of the trail went."""
    with sqlite3.connect(f"file:{server.data / 'kmaas.db'}?mode=ro", uri=True) as database:
        tables = [name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        kept = [name for name in tables if name not in ("audit_outbox", "access_key_uses", "key_uses", "store_head")]
        shown = {name: map(repr, database.execute(f'SELECT * FROM "{name}"')) for name in kept}
        return {name: sorted(row for row in rows if "newest_seal" not in row) for name, rows in shown.items()}
