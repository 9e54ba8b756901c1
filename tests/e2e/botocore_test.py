"""Goal: whatever botocore signs is accepted. Method: 100,000 random calls of KMS, IAM and STS through botocore's own clients, which
write and sign the requests: random operations, texts of any script, encryption contexts, odd headers, keys and sessions, signed links.
Only the sending is done here, on connections that stay open. Each call has to succeed, for its client and in the audit trail."""

import concurrent.futures
import json
import multiprocessing
import os
import random
import socket
import ssl
import unittest
import urllib.parse

from botocore.awsrequest import AWSResponse

from server import Server

CALLS = int(os.environ.get("KMAAS_SIGNED_CALLS", "100000"))
WORKERS = 4  # more than processors: some wait for the server
FAILURES_SHOWN = 5
LETTERS = "abcXYZ019 -_.~!*'()&=+%$,;:/?#[]@<>{}|\\^`\"\t" + "éüßøΩжשعहन漢字かな한글" + "e\u0301\u200b\u00a0\U0001f511\U0001d11e"
TAG_LETTERS = "abcXYZ019 _.:/=+-@éüΩж漢字"
ODD_HEADERS = ("", "plain", "  two   blanks  ", "tab\there", "a,b, c", 'quoted "text"', "semi;colon=1", "per%20cent", "x" * 2000, "a  b\t \tc",
               "=&?/:", "trailing \t", "()<>@[]{}", "-")


class Answer:
    """The body of an answer, as botocore reads it."""

    def __init__(self, body):
        self.body = body

    def stream(self, **_):
        yield self.body


class Connection:
    """One connection that stays open. Writes what botocore has signed and nothing else."""

    def __init__(self, port, ca):
        self.port = port
        self.tls = ssl.create_default_context(cafile=ca)
        self.socket = None
        self.read = b""

    def open(self):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = self.tls.wrap_socket(plain, server_hostname="127.0.0.1")
        self.read = b""

    def send(self, method, url, headers, body):
        """(status, headers, body)."""
        if self.socket is None:
            self.open()
        parts = urllib.parse.urlsplit(url)
        lines = [f"{method} {parts.path or '/'}{'?' + parts.query if parts.query else ''} HTTP/1.1"]
        for name, value in headers.items():
            lines.append(f"{name}: {value.decode() if isinstance(value, bytes) else value}")
        if not any(line.lower().startswith("host:") for line in lines):
            lines.append(f"Host: {parts.netloc}")
        body = body.encode() if isinstance(body, str) else body or b""
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return self.receive()

    def receive(self):
        while b"\r\n\r\n" not in self.read:
            self.more()
        head, self.read = self.read.split(b"\r\n\r\n", 1)
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        length = int(headers.get("content-length", "0"))
        while len(self.read) < length:
            self.more()
        body, self.read = self.read[:length], self.read[length:]
        if headers.get("connection") == "close":
            self.socket.close()
            self.socket = None
        return int(first.split(" ")[1]), headers, body

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection in the middle of an answer")
        self.read += data


class Caller:
    """Random calls with all the credentials of a test, from one seed."""

    def __init__(self, world, seed):
        self.world = world
        self.random = random.Random(seed)
        self.connection = Connection(world["port"], world["ca"])
        self.clients = {}
        self.blobs = []

    def text(self, most=40, letters=LETTERS, least=1):
        return "".join(self.random.choices(letters, k=self.random.randint(least, most)))

    def client(self, service):
        # The last are those of a session without a second factor, to whom IAM does not answer.
        which = self.random.randrange(len(self.world["credentials"]) - (service == "iam"))
        region = self.random.choice(["us-east-1", self.world["region"]]) if service == "iam" else self.world["region"]
        if (service, which, region) not in self.clients:
            self.clients[service, which, region] = self.make_client(service, region, self.world["credentials"][which])
        return self.clients[service, which, region]

    def make_client(self, service, region, credentials):
        import boto3
        client = boto3.session.Session().client(service, region_name=region, endpoint_url=self.world["url"], **credentials)
        client.meta.events.register("before-sign.*", self.add_odd_headers)
        client.meta.events.register("before-send.*", self.send)
        return client

    def add_odd_headers(self, request, signature_version, **_):
        if "query" not in signature_version:  # whoever follows a link sends no headers of ours
            for number in range(self.random.choice((0, 0, 1, 2))):  # botocore keeps one of a name only
                request.headers[f"X-Odd-{number}{self.text(8, 'abcXYZ019-_')}"] = self.random.choice(ODD_HEADERS)

    def send(self, request, **_):
        status, headers, body = self.connection.send(request.method, request.url, request.headers, request.body)
        return AWSResponse(request.url, status, headers, Answer(body))

    # --- calls ------------------------------------------------------------------------------------------------------
    def context(self):
        return {self.text(): self.text() for _ in range(self.random.randint(0, 4))}

    def key(self):
        return self.random.choice(self.world["keys"])

    def encrypt(self):
        context, key = self.context(), self.key()
        plaintext = self.random.randbytes(self.random.choice((1, 16, 100, 4096)))
        sealed = self.client("kms").encrypt(KeyId=key, Plaintext=plaintext, EncryptionContext=context)["CiphertextBlob"]
        self.blobs = self.blobs[-20:] + [(sealed, context, plaintext)]

    def decrypt(self):
        if not self.blobs:
            return self.encrypt()
        sealed, context, plaintext = self.random.choice(self.blobs)
        assert self.client("kms").decrypt(CiphertextBlob=sealed, EncryptionContext=context)["Plaintext"] == plaintext

    def re_encrypt(self):
        if not self.blobs:
            return self.encrypt()
        sealed, context, _ = self.random.choice(self.blobs)
        self.client("kms").re_encrypt(CiphertextBlob=sealed, SourceEncryptionContext=context, DestinationKeyId=self.key(),
                                      DestinationEncryptionContext=self.context())

    def kms(self):
        kms, key = self.client("kms"), self.key()
        self.random.choice((
            lambda: kms.generate_data_key(KeyId=key, KeySpec=self.random.choice(("AES_128", "AES_256")), EncryptionContext=self.context()),
            lambda: kms.generate_data_key_without_plaintext(KeyId=key, NumberOfBytes=self.random.randint(1, 1024)),
            lambda: kms.generate_random(NumberOfBytes=self.random.randint(1, 1024)),
            lambda: kms.describe_key(KeyId=key),
            lambda: kms.list_keys(Limit=self.random.randint(1, 1000)),
            lambda: kms.list_keys(),
            lambda: kms.list_aliases(),
            lambda: kms.list_resource_tags(KeyId=self.world["arn"]),
            lambda: kms.list_grants(KeyId=self.world["arn"], Limit=self.random.randint(1, 100)),
            lambda: kms.get_key_policy(KeyId=self.world["arn"], PolicyName="default")))()

    def other_keys(self):
        """Of keys that sign, authenticate and rotate."""
        kms, message = self.client("kms"), self.random.randbytes(self.random.choice((1, 100, 4096)))
        signing, mac = {"KeyId": self.world["signing"], "SigningAlgorithm": "ECDSA_SHA_256"}, {"KeyId": self.world["mac"], "MacAlgorithm": "HMAC_SHA_256"}
        self.random.choice((
            lambda: kms.verify(Message=message, Signature=kms.sign(Message=message, **signing)["Signature"], **signing),
            lambda: kms.verify_mac(Message=message, Mac=kms.generate_mac(Message=message, **mac)["Mac"], **mac),
            lambda: kms.get_public_key(KeyId=self.world["signing"]),
            lambda: kms.generate_data_key_pair(KeyId=self.key(), KeyPairSpec="ECC_NIST_P256", EncryptionContext=self.context()),
            lambda: kms.generate_data_key_pair_without_plaintext(KeyId=self.key(), KeyPairSpec="ECC_SECG_P256K1"),
            lambda: kms.get_key_rotation_status(KeyId=self.world["arn"]),
            lambda: kms.describe_custom_key_stores()))()

    def iam(self):
        iam = self.client("iam")
        document = json.dumps({"Version": "2012-10-17", "Statement": [
            {"Sid": self.text(10, "abcXYZ"), "Effect": "Allow", "Action": "kms:*", "Resource": "*",
             "Condition": {"StringLike": {"kms:EncryptionContext:" + self.text(10, "abc"): self.text(10, "abcéü ")}}}]}, ensure_ascii=False)
        self.random.choice((
            lambda: iam.get_user(UserName="caller"),
            lambda: iam.list_users(PathPrefix="/", MaxItems=self.random.randint(1, 1000)),
            lambda: iam.list_roles(),
            lambda: iam.list_user_policies(UserName="caller"),
            lambda: iam.list_attached_user_policies(UserName="administrator"),
            lambda: iam.list_user_tags(UserName="caller"),
            lambda: iam.simulate_custom_policy(PolicyInputList=[document], ActionNames=["kms:Decrypt", "kms:Encrypt"]),
            lambda: iam.get_account_summary()))()

    def sts(self):
        sts = self.client("sts")
        self.random.choice((sts.get_caller_identity, sts.get_caller_identity,
                            lambda: sts.get_access_key_info(AccessKeyId=self.world["credentials"][0]["aws_access_key_id"]))
                           + self.world["assumes"] * (lambda: sts.assume_role(RoleArn=self.world["role"], RoleSessionName=self.text(30, "abc=,.@-", 2)),))()

    def link(self):
        link = self.client("sts").generate_presigned_url("get_caller_identity", HttpMethod="GET", ExpiresIn=self.random.randint(1, 604800))
        status, _, body = self.connection.send("GET", link, {}, b"")
        assert status == 200 and b"</Arn>" in body, (status, body)

    def write(self):
        self.random.choice((
            lambda: self.client("kms").update_key_description(KeyId=self.world["arn"], Description=self.text(200)),
            lambda: self.client("kms").tag_resource(KeyId=self.world["arn"], Tags=[{"TagKey": "k", "TagValue": self.text(letters=TAG_LETTERS)}]),
            lambda: self.client("iam").tag_user(UserName="caller", Tags=[{"Key": "k", "Value": self.text(letters=TAG_LETTERS)}])))()

    def call(self):
        calls = ((self.encrypt, 20), (self.decrypt, 15), (self.re_encrypt, 5), (self.kms, 20), (self.other_keys, 5), (self.iam, 15), (self.sts, 15), (self.link, 4),
                 (self.write, 1))
        self.random.choices([one for one, _ in calls], [weight for _, weight in calls])[0]()


def work(world, seed, count):
    """The failures of so many calls."""
    caller = Caller(world, seed)
    failures = []
    for number in range(count):
        try:
            caller.call()
        except Exception as fault:  # whatever it is, the call was not accepted
            failures.append(f"seed {seed} call {number}: {type(fault).__name__}: {fault}")
            caller.connection.socket = None
    return failures


class Botocore(unittest.TestCase):
    def setUp(self):
        self.server = Server().__enter__()
        self.addCleanup(self.server.__exit__)

    def make_world(self):
        server = self.server
        kms, iam, sts = (server.boto3(service) for service in ("kms", "iam", "sts"))
        arn = kms.create_key()["KeyMetadata"]["Arn"]
        signing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
        mac = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
        kms.create_alias(AliasName="alias/any/key_1", TargetKeyId=arn)
        iam.create_user(UserName="caller")
        iam.attach_user_policy(UserName="caller", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        made = iam.create_access_key(UserName="caller")["AccessKey"]
        trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": server.account}, "Action": "sts:AssumeRole"}]}
        role = iam.create_role(RoleName="caller", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        iam.attach_role_policy(RoleName="caller", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        sessions = [sts.assume_role(RoleArn=role, RoleSessionName="here")["Credentials"], sts.get_session_token()["Credentials"]]
        credentials = [dict(aws_access_key_id=server.credentials["access_key_id"], aws_secret_access_key=server.credentials["secret_access_key"]),
                       dict(aws_access_key_id=made["AccessKeyId"], aws_secret_access_key=made["SecretAccessKey"])]
        credentials += [dict(aws_access_key_id=one["AccessKeyId"], aws_secret_access_key=one["SecretAccessKey"],
                             aws_session_token=one["SessionToken"]) for one in sessions]
        return {"port": server.https_port, "ca": server.ca, "url": server.url, "region": server.region, "credentials": credentials, "arn": arn,
                "signing": signing, "mac": mac,
                "keys": [arn, arn.split("/")[1], "alias/any/key_1", arn.split(":key/")[0] + ":alias/any/key_1"], "role": role, "assumes": 1}

    def test_signs_nothing_that_is_refused(self):
        world = self.make_world()
        before = len(self.server.audit_events())
        with concurrent.futures.ProcessPoolExecutor(WORKERS, multiprocessing.get_context("fork")) as pool:
            running = [pool.submit(work, world, seed, CALLS // WORKERS) for seed in range(WORKERS)]
            failures = [failure for one in running for failure in one.result()]
        self.assertEqual(failures[:FAILURES_SHOWN], [], f"{len(failures)} of {CALLS}")
        events = self.server.audit_events()[before:]
        self.assertGreaterEqual(len(events), CALLS // WORKERS * WORKERS)
        self.assertEqual([event for event in events if event.get("errorCode")][:FAILURES_SHOWN], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
