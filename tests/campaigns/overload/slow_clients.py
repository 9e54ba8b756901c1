"""Many connections that take their time.

    slow_clients.py HTTPS_PORT COUNT SECONDS    prints {"opened": ..., "ended": by the server}
"""

import heapq
import json
import os
import random
import select
import socket
import ssl
import sys
import time

# Addresses of this machine: no one has more than the server lets one have.
PER_ADDRESS = 500
DRIBBLE = 3.0
OPENED_PER_SECOND = 250
KINDS = ("header", "body", "idle", "handshake", "reader")
HEADER = b"POST / HTTP/1.1\r\nHost: k\r\nX-Slow: "
BODY = b"POST / HTTP/1.1\r\nHost: k\r\nContent-Length: 100000\r\n\r\n"


# Without the authorities of the system: to read them takes longer than to shake hands.
CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
CONTEXT.check_hostname, CONTEXT.verify_mode = False, ssl.CERT_NONE


def connect(port, number):
    kind, address = KINDS[number % len(KINDS)], f"127.0.1.{1 + number // PER_ADDRESS}"
    plain = socket.create_connection(("127.0.0.1", port), timeout=5, source_address=(address, 0))
    if kind == "handshake":
        return kind, plain
    tls = CONTEXT.wrap_socket(plain, server_hostname="localhost")
    if kind == "header":
        tls.sendall(HEADER)
    elif kind == "body":
        tls.sendall(BODY)
    elif kind == "reader":
        tls.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        tls.sendall(b"GET /healthz HTTP/1.1\r\nHost: k\r\n\r\n" * 50)
    return kind, tls


def ended(connection):
    look = select.poll()
    look.register(connection, select.POLLIN)
    if not look.poll(0):
        return False
    try:
        connection.settimeout(0)
        return connection.recv(4096) == b""
    except (ssl.SSLWantReadError, BlockingIOError):
        return False
    except OSError:
        return True


class Slow:
    """All connections, each with a time of its own at which it says a little more: they trouble the server, not this machine's processors."""

    def __init__(self, port, count):
        self.port, self.count = port, count
        self.due = []  # heap of when, number, kind, connection
        self.freed = list(range(count))[::-1]  # numbers that have no connection
        self.opened = self.over = 0

    def open_one(self, number):
        try:
            kind, connection = connect(self.port, number)
        except OSError:
            self.over += 1
            self.freed.insert(0, number)
            return
        self.opened += 1
        heapq.heappush(self.due, (time.monotonic() + random.uniform(0, DRIBBLE), number, kind, connection))

    def say_more(self):
        _, number, kind, connection = heapq.heappop(self.due)
        try:
            if kind in ("header", "body"):
                connection.settimeout(1)
                connection.sendall(b"x")
            if kind != "reader" and ended(connection):
                raise ConnectionError
        except OSError:
            self.over += 1
            connection.close()
            self.freed.append(number)
            return
        heapq.heappush(self.due, (time.monotonic() + DRIBBLE, number, kind, connection))

    def run(self, seconds):
        end = time.monotonic() + seconds
        next_open = time.monotonic()
        while (now := time.monotonic()) < end:
            if self.freed and now >= next_open:
                self.open_one(self.freed.pop())
                next_open = max(next_open, now - 0.1) + 1 / OPENED_PER_SECOND
            elif self.due and self.due[0][0] <= now:
                self.say_more()
            else:
                time.sleep(0.001)
        return {"opened": self.opened, "ended": self.over, "open": len(self.due)}


if __name__ == "__main__":
    import resource
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    os.nice(19)  # strangers compute elsewhere
    print(json.dumps(Slow(int(sys.argv[1]), int(sys.argv[2])).run(float(sys.argv[3]))))
