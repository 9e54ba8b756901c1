"""Clients of a server that is restarted or told to reload: none of them tries anything twice.

    with Load(server, grpc_too=True) as load:
        ...
    load.problems()

Over HTTPS clients that ask at once again on one connection, clients that think in between, clients that connect for each request, and
clients that are idle for longer than a drain and look, as AWS's SDKs do, whether the server has closed meanwhile. Over gRPC busy ones on a
channel each, without a policy of retries, and ones with a channel for each call. Each checks its answer: what was encrypted is decrypted.
"""

import base64
import http.client
import json
import select
import threading
import time

TIMEOUT_SECONDS = 30


class Client(threading.Thread):
    """`think`: seconds between two requests. Counts calls, connections and failures."""

    def __init__(self, load, name, think=0.0):
        super().__init__(name=name, daemon=True)
        self.load, self.think = load, think
        self.calls = self.connections = 0
        self.failures = []
        self.slowest = 0.0

    def run(self):
        while not self.load.ended.is_set():
            try:
                self.ask()
            except Exception as failure:  # noqa: BLE001: whatever it is, a caller would have seen it
                self.failures.append(f"{time.time():.3f} {self.name}: {type(failure).__name__}: {str(failure)[:200]}")
                self.begin_anew()
            self.calls += 1
            self.load.ended.wait(self.think)
        self.begin_anew()

    def begin_anew(self):
        pass

    def timed(self, call, *arguments, **options):
        began = time.monotonic()
        try:
            return call(*arguments, **options)
        finally:
            self.slowest = max(self.slowest, time.monotonic() - began)


class Https(Client):
    """One connection for as long as the server says nothing else, or one for each request. `looks`: before it uses a connection again."""

    def __init__(self, load, name, think=0.0, keeps=True, looks=False):
        super().__init__(load, name, think)
        self.keeps, self.looks = keeps, looks
        self.connection = None

    def begin_anew(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def connected(self):
        if self.looks and self.connection is not None and self.connection.sock is not None:
            if select.select([self.connection.sock], [], [], 0)[0]:
                self.begin_anew()
        if self.connection is None:
            self.connection = http.client.HTTPSConnection("127.0.0.1", self.load.server.https_port, context=self.load.tls, timeout=TIMEOUT_SECONDS)
        if self.connection.sock is None:
            self.connection.connect()
            self.connections += 1
        return self.connection

    def call(self, operation, members):
        body = json.dumps(members)
        signed = self.load.signed(operation, body)
        connection = self.connected()
        connection.request("POST", "/", body.encode(), signed)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise AssertionError(f"{operation}: {answer.status} {text[:200]}")
        if not self.keeps:
            self.begin_anew()
        return json.loads(text)

    def ask(self):
        plaintext = base64.b64encode(f"{self.name} {self.calls}".encode()).decode()
        blob = self.timed(self.call, "Encrypt", {"KeyId": self.load.key, "Plaintext": plaintext})["CiphertextBlob"]
        self.load.ended.wait(self.think)
        if self.timed(self.call, "Decrypt", {"CiphertextBlob": blob})["Plaintext"] != plaintext:
            raise AssertionError("a wrong answer")


class Grpc(Client):
    def __init__(self, load, name, think=0.0, keeps=True):
        super().__init__(load, name, think)
        self.keeps = keeps
        self.channel = self.service = None

    def begin_anew(self):
        if self.channel is not None:
            self.channel.close()
        self.channel = None

    def ask(self):
        if self.channel is None:
            self.channel = self.load.grpc_channel()
            self.service = self.load.stubs.KeyManagementServiceStub(self.channel)
            self.connections += 1
        messages = self.load.messages
        plaintext = f"{self.name} {self.calls}".encode()
        blob = self.timed(self.service.Encrypt, messages.EncryptRequest(key_id=self.load.key, plaintext=plaintext),
                          timeout=TIMEOUT_SECONDS).ciphertext_blob
        if self.timed(self.service.Decrypt, messages.DecryptRequest(ciphertext_blob=blob), timeout=TIMEOUT_SECONDS).plaintext != plaintext:
            raise AssertionError("a wrong answer")
        if not self.keeps:
            self.begin_anew()


class Scraper(Client):
    def ask(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.load.server.metrics_port, timeout=TIMEOUT_SECONDS)
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        if answer.status != 200 or b"kmaas_build_info" not in answer.read():
            raise AssertionError(f"metrics: {answer.status}")
        connection.close()


class Load:
    """Borrows a server (tests/e2e/server.py) that serves. `tls` and `authority` are for another certificate than its own."""

    def __init__(self, server, clients=2, think=0.002, tls=None, authority=None, idle_seconds=7.0):
        import kms_grpc
        from botocore.auth import SigV4Auth
        from botocore.credentials import Credentials
        self.server, self.tls, self.authority = server, tls or server.tls(), authority
        self.signer = SigV4Auth(Credentials(server.credentials["access_key_id"], server.credentials["secret_access_key"]), "kms", server.region)
        self.messages, self.stubs = kms_grpc.load()
        self.ended = threading.Event()
        self.key = server.boto3().create_key()["KeyMetadata"]["Arn"]
        self.clients = [Scraper(self, "metrics", 0.2)]
        for i in range(clients):
            self.clients += [Https(self, f"https busy {i}", think), Https(self, f"https thinks {i}", 0.4),
                             Https(self, f"https connects {i}", 20 * think, keeps=False),
                             Https(self, f"https idle {i}", idle_seconds + i, looks=True), Grpc(self, f"grpc busy {i}", think),
                             Grpc(self, f"grpc connects {i}", 50 * think, keeps=False)]

    def signed(self, operation, body):
        from botocore.awsrequest import AWSRequest
        request = AWSRequest("POST", self.server.url + "/", data=body,
                             headers={"X-Amz-Target": f"TrentService.{operation}", "Content-Type": "application/x-amz-json-1.1"})
        self.signer.add_auth(request)
        return dict(request.headers)

    def grpc_channel(self):
        import grpc
        import pathlib
        read = lambda name: pathlib.Path(self.server.credentials[name]).read_bytes()  # noqa: E731
        credentials = grpc.ssl_channel_credentials(self.authority or read("ca_file"), read("client_key_file"), read("client_certificate_file"))
        # A channel of its own, which shares no connection, and no policy for second tries: what the library has sent is sent once.
        options = [("grpc.service_config", "{}"), ("grpc.use_local_subchannel_pool", 1)]
        return grpc.secure_channel(f"127.0.0.1:{self.server.grpc_port}", credentials, options)

    def __enter__(self):
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for client in self.clients:
            client.join(2 * TIMEOUT_SECONDS)

    def problems(self):
        return [failure for client in self.clients for failure in client.failures]

    def calls(self):
        return sum(client.calls for client in self.clients)

    def slowest(self):
        return max(client.slowest for client in self.clients)

    def connections(self, kind):
        """How many were made, and by how many clients."""
        some = [client for client in self.clients if client.name.startswith(kind)]
        return sum(client.connections for client in some), len(some)

    def summary(self):
        return f"{self.calls()} calls of {len(self.clients)} clients, {len(self.problems())} failed, the slowest took {self.slowest():.2f} s"
