"""Bytes that no client should send: each gets a clear refusal, and the server goes on."""

import base64
import json
import pathlib
import re
import socket
import unittest

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from server import Server

TARGET = "TrentService.Encrypt"


class HostileHttp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.arn = cls.server.boto3().create_key()["KeyMetadata"]["Arn"]

    def tearDown(self):
        self.assertTrue(self.server.is_ready(), "the server must go on")

    def raw(self, data, seconds=10):
        """Everything that the server answers to these bytes until it closes or goes quiet."""
        with socket.create_connection(("127.0.0.1", self.server.https_port), timeout=seconds) as plain:
            with self.server.tls().wrap_socket(plain, server_hostname="127.0.0.1") as tls:
                answer = b""
                try:
                    tls.sendall(data)
                    while chunk := tls.recv(65536):
                        answer += chunk
                        if b"\r\n\r\n" in answer and b"content-length: 0" in answer.lower():
                            break
                except (TimeoutError, OSError):
                    pass
                return answer

    def signed(self, body, target=TARGET, headers=None, alter=None):
        request = AWSRequest("POST", self.server.url + "/", data=body,
                             headers=dict({"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}, **(headers or {})))
        credentials = Credentials(self.server.credentials["access_key_id"], self.server.credentials["secret_access_key"])
        SigV4Auth(credentials, "kms", self.server.region).add_auth(request)
        lines = [f"{name}: {value}" for name, value in request.headers.items()]
        lines += [f"Host: 127.0.0.1:{self.server.https_port}", f"Content-Length: {len(body)}", "Connection: close"]
        if alter:
            lines = alter(lines)
        return self.raw("POST / HTTP/1.1\r\n".encode() + "\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def fault(self, answer):
        return json.loads(answer.split(b"\r\n\r\n", 1)[1])["__type"]

    def body(self, **members):
        return json.dumps(dict({"KeyId": self.arn, "Plaintext": base64.b64encode(b"x").decode()}, **members)).encode()

    def test_accepts_the_honest_form(self):
        self.assertTrue(self.signed(self.body()).startswith(b"HTTP/1.1 200"))

    def test_ignores_members_that_it_does_not_know(self):
        self.assertTrue(self.signed(self.body(NoSuchMember={"deep": [1, 2]})).startswith(b"HTTP/1.1 200"))

    def test_refuses_malformed_json(self):
        for body in (b"{", b"[]", b"nul", b'{"KeyId":', b'{"KeyId":1}', b'{"KeyId":{}}', b'{"Plaintext":"%%%"}', b'{"KeyId":"\xff"}',
                     b'{"a":' * 200 + b"1" + b"}" * 200, b'{"KeyId":"x","KeyId":"y"}', b"{}{}"):
            with self.subTest(body=body[:40]):
                self.assertEqual(self.fault(self.signed(body)), "SerializationException")

    def memory(self):
        """The most resident memory that the server ever had, in bytes."""
        status = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) * 1024

    def test_json_bombs_cost_neither_memory_nor_the_process(self):
        size = (1 << 20) - 100
        bombs = {
            "depth": b'{"a":' + b"[" * (size // 2) + b"]" * (size // 2) + b"}",
            "open": b"[" * size,
            "members": b"{" + b",".join(b'"m%d":0' % i for i in range(size // 12)) + b"}",
            "one name": b"{" + b",".join([b'"KeyId":"x"'] * (size // 12)) + b"}",
            "empty objects": b'{"GrantTokens":[' + b",".join([b"{}"] * (size // 3 - 10)) + b"]}",
            "empty texts": b'{"KeyId":"x","GrantTokens":[' + b",".join([b'""'] * (size // 3 - 20)) + b"]}",
            "context": b'{"KeyId":"x","Plaintext":"eA==","EncryptionContext":{' + b",".join(b'"%d":""' % i for i in range(size // 11)) + b"}}",
            "number": b'{"NumberOfBytes":1' + b"0" * (size - 30) + b"}",
            "exponent": b'{"NumberOfBytes":1e999999999}',
            "text": b'{"KeyId":"' + b"k" * (size - 20) + b'"}',
            "escapes": b'{"KeyId":"' + rb"\u0041" * (size // 6 - 10) + b'"}',
            "blanks": b"{" + b" " * size + b"}",
        }
        before = self.memory()
        for name, body in bombs.items():
            unsigned = b"POST / HTTP/1.1\r\nHost: k\r\nX-Amz-Target: TrentService.Encrypt\r\nContent-Type: application/x-amz-json-1.1\r\n" \
                       b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            with self.subTest(unsigned=name):
                self.assertEqual(self.fault(self.raw(unsigned)), "MissingAuthenticationTokenException")
        # Of a stranger nobody looks at the body: it is there once, and in the buffers that it passes.
        self.assertLess(self.memory() - before, 8 << 20)
        for name, body in bombs.items():
            with self.subTest(signed=name):
                self.assertIn(self.fault(self.signed(body)), ("SerializationException", "ValidationException", "NotFoundException", "InvalidArnException"))
        # Of a caller it becomes a message, whose smallest text is dozens of bytes.
        self.assertLess(self.memory() - before, 128 << 20)

    def test_refuses_an_unsigned_call(self):
        answer = self.raw(f"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: {TARGET}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode())
        self.assertEqual(self.fault(answer), "MissingAuthenticationTokenException")

    def test_refuses_an_altered_call(self):
        swapped = self.signed(self.body(), alter=lambda lines: [line.replace(TARGET, "TrentService.DisableKey") for line in lines])
        self.assertEqual(self.fault(swapped), "InvalidSignatureException")
        doubled = self.signed(self.body(), alter=lambda lines: lines + [line for line in lines if line.startswith("Authorization")])
        self.assertNotIn(b"HTTP/1.1 200", doubled)

    def test_refuses_an_unknown_operation(self):
        self.assertEqual(self.fault(self.signed(b"{}", target="TrentService.MakeCoffee")), "UnknownOperationException")

    def test_cuts_off_a_body_over_the_limit_before_it_is_read(self):
        answer = self.raw(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 1000)
        self.assertIn(b" 413 ", answer.split(b"\r\n")[0])

    def test_answers_garbage_with_400(self):
        for data in (b"\x00" * 100, b"GET\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n", b"POST / HTTP/1.1\r\nBad Header\r\n\r\n",
                     b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
                     b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                     b"POST / HTTP/1.1\r\n" + b"A: b\r\n" * 5000 + b"\r\n"):
            with self.subTest(data=data[:40]):
                self.assertNotIn(b" 200 ", self.raw(data).split(b"\r\n")[0])

    def test_survives_truncated_tls_and_plain_http(self):
        for data in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\xff" + b"\x00" * 20, b"\x16\x03"):
            with socket.create_connection(("127.0.0.1", self.server.https_port), timeout=5) as plain:
                plain.sendall(data)

    def test_keeps_other_paths_shut(self):
        for line in ("GET / HTTP/1.1", "GET /../etc/passwd HTTP/1.1", "PUT / HTTP/1.1", "POST /admin HTTP/1.1", "TRACE / HTTP/1.1"):
            answer = self.raw(f"{line}\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            self.assertNotIn(b" 200 ", answer.split(b"\r\n")[0], line)


if __name__ == "__main__":
    unittest.main(verbosity=2)
