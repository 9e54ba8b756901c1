"""A server under load: who signs its requests, what they take, how much memory it has."""

import json
import pathlib
import re
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "e2e"))

import metrics  # noqa: E402
from server import BUILD, Server  # noqa: E402

LOADER = BUILD / "tests/bench/bench_https_load"
TENANT = "444455556666"


class World:
    """A server with a second account, a symmetric key in each, and requests that are signed once and sent many times."""

    def __init__(self, overrides=None):
        self.server = Server(overrides=overrides)

    def __enter__(self):
        self.server.__enter__()
        return self

    def __exit__(self, *what):
        self.server.__exit__(*what)

    @property
    def pid(self):
        return self.server.process.pid

    def add_tenant(self):
        """Credentials of the administrator of a second account."""
        self.server.stop()
        file = self.server.directory / "second.json"
        self.server.kmaas("account", "create", "--name", "Second", "--id", TENANT, "--administrator", "eve", "--credentials-file", file)
        self.server.start()
        return json.loads(file.read_text())

    def client(self, credentials=None):
        given = credentials or self.server.credentials
        return self.server.boto3(aws_access_key_id=given["access_key_id"], aws_secret_access_key=given["secret_access_key"])

    def decrypt_request(self, credentials=None):
        kms = self.client(credentials)
        arn = kms.create_key()["KeyMetadata"]["Arn"]
        blob = kms.encrypt(KeyId=arn, Plaintext=b"p" * 32)["CiphertextBlob"]
        import base64
        return self.signed("Decrypt", {"CiphertextBlob": base64.b64encode(blob).decode()}, credentials)

    def signed(self, target, members, credentials=None, broken=False):
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials
        given = credentials or self.server.credentials
        body = json.dumps(members).encode()
        request = AWSRequest("POST", self.server.url + "/", data=body,
                             headers={"X-Amz-Target": f"TrentService.{target}", "Content-Type": "application/x-amz-json-1.1"})
        secret = "wrong" if broken else given["secret_access_key"]
        SigV4Auth(Credentials(given["access_key_id"], secret), "kms", self.server.region).add_auth(request)
        head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
        return f"POST / HTTP/1.1\r\nHost: {self.server.url.removeprefix('https://')}\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    def load(self, request, *arguments, **options):
        """Starts a load at a fixed rate; `finish` waits for it."""
        return self.loads([request], *arguments, **options)

    def loads(self, requests, rate, seconds, connections=32, give_up_millis=1000, source="127.0.0.1"):
        """As load, of several requests in turn."""
        packed = self.server.directory / f"requests-{source}-{connections}-{rate}.http"
        packed.write_bytes(b"".join(f"{len(request)}\n".encode() + request for request in requests))
        command = [LOADER, self.server.https_port, self.server.credentials["ca_file"], packed, connections, rate, seconds, give_up_millis, source]
        return subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)

    def run_load(self, *arguments, **options):
        return finish(self.load(*arguments, **options))

    def memory(self):
        """Resident bytes."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) * 1024

    def metric(self, name, **labels):
        families = metrics.families(metrics.fetch(self.server)[2])
        family = families.get(name)
        return sum(sample.value for sample in family.samples if labels.items() <= sample.labels.items()) if family else 0


def finish(load):
    text, _ = load.communicate(timeout=600)
    first, second = text.strip().splitlines()
    return dict(json.loads(second), seconds=float(first.split()[2]))


class MemoryPeak:
    """The most resident memory while the block ran, and how much more that was than before it."""

    def __init__(self, world):
        self.world, self.ended = world, threading.Event()

    def __enter__(self):
        self.before = self.peak = self.world.memory()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def _watch(self):
        while not self.ended.wait(0.1):
            self.peak = max(self.peak, self.world.memory())

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    @property
    def growth(self):
        return self.peak - self.before


class HonestCaller:
    """Calls over gRPC, one after the other, while the block runs: how long each took and what failed."""

    def __init__(self, world):
        import kms_grpc
        self.messages, self.stubs = kms_grpc.load()
        self.channel = world.server.grpc_channel()
        self.service = self.stubs.KeyManagementServiceStub(self.channel)
        self.key = world.server.boto3().create_key()["KeyMetadata"]["Arn"]

    def __enter__(self):
        self.took, self.failed, self.ended = [], [], threading.Event()
        self.thread = threading.Thread(target=self._call)
        self.thread.start()
        return self

    def _call(self):
        import grpc
        while not self.ended.wait(0.005):
            begin = time.monotonic()
            try:
                self.service.Encrypt(self.messages.EncryptRequest(key_id=self.key, plaintext=b"p"), timeout=10)
                self.took.append((time.monotonic() - begin) * 1000)
            except grpc.RpcError as error:
                self.failed.append(error.code().name)

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def close(self):
        self.channel.close()

    def p99(self):
        return sorted(self.took)[int(0.99 * (len(self.took) - 1))] if self.took else float("inf")
