"""Many connections that take their time.

    slow_clients.py HTTPS_PORT COUNT SECONDS    prints {"opened": ..., "ended": by the server}
"""

import json
import select
import socket
import ssl
import sys
import time

# Addresses of this machine: no one has more than the server lets one have.
PER_ADDRESS = 500
DRIBBLE = 3.0
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


def main(port, count, seconds):
    end, opened, over, alive = time.monotonic() + seconds, 0, 0, []
    due = 0.0
    while time.monotonic() < end:
        for _ in range(50):
            if len(alive) < count:
                try:
                    alive.append(connect(port, len(alive)))
                    opened += 1
                except OSError:
                    over += 1
        if time.monotonic() < due:
            time.sleep(0.05)
            continue
        due = time.monotonic() + DRIBBLE
        kept = []
        for kind, connection in alive:
            try:
                if kind in ("header", "body"):
                    connection.settimeout(1)
                    connection.sendall(b"x")
                if kind != "reader" and ended(connection):
                    raise ConnectionError
                kept.append((kind, connection))
            except OSError:
                over += 1
                connection.close()
        alive = kept
    return {"opened": opened, "ended": over, "open": len(alive)}


if __name__ == "__main__":
    import resource
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))))
