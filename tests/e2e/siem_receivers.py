"""Receivers of audit events for tests: Debian's rsyslog and syslog-ng, an event collector, a relay that breaks, and a test PKI.

Each owns its processes, threads and files, listens on loopback alone, and ends with its block. What arrived is compared with the trail by
`Comparison`.
"""

import collections
import contextlib
import datetime
import http.server
import ipaddress
import json
import os
import pathlib
import select
import socket
import ssl
import struct
import subprocess
import threading

from server import BUILD, free_port, pause, until

RECEIVERS = BUILD / "receivers/files"
STOP_SECONDS_MAX = 10
TOKEN = "7d1e3f0a-collector-token"


class Pki:
    """An authority with a certificate for the receiver (127.0.0.1) and one for kmaas, and a stranger's authority with a client of its own."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.ca, self.stranger_ca = self._authority("ca"), self._authority("stranger-ca")
        self.server = self._issue("receiver", self.ca, server=True)
        self.client = self._issue("kmaas", self.ca, server=False)
        self.stranger = self._issue("stranger", self.stranger_ca, server=False)

    def file(self, name):
        return str(self.directory / name)

    def _write(self, name, key, certificate):
        from cryptography.hazmat.primitives import serialization
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (self.directory / f"{name}.key").write_bytes(private)
        (self.directory / f"{name}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return name, key, certificate

    def _certificate(self, name, key, issuer, issuer_key, extensions):
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        now = datetime.datetime.utcnow()
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        builder = builder.not_valid_after(now + datetime.timedelta(days=30))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(issuer_key, hashes.SHA256())

    def _authority(self, name):
        from cryptography import x509
        from cryptography.hazmat.primitives.asymmetric import ec
        key = ec.generate_private_key(ec.SECP256R1())
        return self._write(name, key, self._certificate(name, key, None, key, [(x509.BasicConstraints(True, None), True)]))

    def _issue(self, name, authority, server):
        from cryptography import x509
        from cryptography.hazmat.primitives.asymmetric import ec
        usage = x509.ExtendedKeyUsageOID.SERVER_AUTH if server else x509.ExtendedKeyUsageOID.CLIENT_AUTH
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))] if server else [x509.DNSName(name)]
        key = ec.generate_private_key(ec.SECP256R1())
        extensions = [(x509.ExtendedKeyUsage([usage]), False), (x509.SubjectAlternativeName(names), False)]
        return self._write(name, key, self._certificate(name, key, authority[2].subject, authority[1], extensions))


def library_path():
    folders = [RECEIVERS / "usr/lib/syslog-ng", RECEIVERS / "usr/lib", RECEIVERS / "lib", *RECEIVERS.glob("usr/lib/*-linux-gnu"), *RECEIVERS.glob("lib/*-linux-gnu")]
    return ":".join(map(str, folders))


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


class Daemon:
    """One receiver as a process in the foreground; stopped and started again at the same port, with the same file of what arrived."""

    def __init__(self, directory, pki=None, port=None):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(exist_ok=True)
        self.pki = pki
        self.port = port or free_port()
        self.arrived = self.directory / "arrived.log"
        self.process = None

    def start(self):
        (self.directory / "config").write_text(self.config())
        environment = dict(os.environ, LD_LIBRARY_PATH=library_path())
        with open(self.directory / "output", "ab") as output:
            self.process = subprocess.Popen(self.command(), env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        if not until(lambda: self.process.poll() is not None or answers(self.port)) or self.process.poll() is not None:
            raise RuntimeError(f"the receiver does not start:\n{(self.directory / 'output').read_text()[-3000:]}")
        return self

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(STOP_SECONDS_MAX)

    def kill(self):
        self.process.kill()
        self.process.wait(STOP_SECONDS_MAX)

    def lines(self):
        return self.arrived.read_text().splitlines() if self.arrived.exists() else []

    def events(self):
        return [json.loads(line[line.index('{"'):]) for line in self.lines() if '{"' in line and line.endswith("}")]

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


class Rsyslog(Daemon):
    """With certificates: TLS that refuses clients without a valid one. Writes each message as it came."""

    def config(self):
        files = "" if self.pki is None else (
            f'DefaultNetstreamDriver="ossl" DefaultNetstreamDriverCAFile="{self.pki.file("ca.crt")}" '
            f'DefaultNetstreamDriverCertFile="{self.pki.file("receiver.crt")}" DefaultNetstreamDriverKeyFile="{self.pki.file("receiver.key")}"')
        driver = "" if self.pki is None else ' StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="x509/certvalid"'
        return (f'global(workDirectory="{self.directory}" maxMessageSize="16k" {files})\n'
                f'module(load="imtcp"{driver})\n'
                f'input(type="imtcp" port="{self.port}" address="127.0.0.1")\n'
                'template(name="raw" type="string" string="%rawmsg%\\n")\n'
                f'action(type="omfile" file="{self.arrived}" template="raw")\n')

    def command(self):
        modules = next(RECEIVERS.glob("usr/lib/*/rsyslog"))
        return [RECEIVERS / "usr/sbin/rsyslogd", "-n", "-f", self.directory / "config", "-i", self.directory / "pid", "-M", modules]


class SyslogNg(Daemon):
    """Writes the structured data that it parsed, a blank, and the message."""

    def config(self):
        return (f'@version: 3.38\noptions {{ keep-hostname(yes); log-msg-size(16384); stats-freq(0); }};\n'
                f'source in {{ syslog(ip("127.0.0.1") port({self.port}) transport("tls") tls(ca-file("{self.pki.file("ca.crt")}")\n'
                f'  cert-file("{self.pki.file("receiver.crt")}") key-file("{self.pki.file("receiver.key")}") peer-verify(required-trusted))); }};\n'
                f'destination out {{ file("{self.arrived}" template("${{SDATA}} $MSG\\n") template-escape(no)); }};\n'
                'log { source(in); destination(out); };\n')

    def command(self):
        modules = next(RECEIVERS.glob("usr/lib/syslog-ng/*/"))
        own = lambda name: self.directory / name  # noqa: E731
        return [RECEIVERS / "usr/sbin/syslog-ng", "-F", "--no-caps", "-f", own("config"), "-R", own("persist"), "-c", own("control"),
                "-p", own("pid"), "--module-path", modules, "--cfgfile", own("config")]


class Collector:
    """An event collector as Splunk has it: HTTPS, a token, batches of JSON. `mood`: accept, busy (503), mute (takes and closes)."""

    def __init__(self, pki, port=None):
        self.pki, self.port = pki, port or free_port()
        self.mood = "accept"
        self.posted = []
        self.lock = threading.Lock()

    def take(self, body):
        decoder, at = json.JSONDecoder(), 0
        with self.lock:
            while at < len(body):
                event, at = decoder.raw_decode(body, at)
                self.posted.append(event)

    def events(self):
        with self.lock:
            return [posted["event"] for posted in self.posted]

    def __enter__(self):
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if collector.mood == "mute":
                    collector.take(body)
                    self.close_connection = True
                    return
                status, said = (200, {"text": "Success", "code": 0})
                if self.headers["Authorization"] != "Splunk " + TOKEN:
                    status, said = (403, {"text": "Invalid token", "code": 4})
                elif collector.mood == "busy":
                    status, said = (503, {"text": "Server is busy", "code": 9})
                else:
                    collector.take(body)
                answer = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pki.file("receiver.crt"), self.pki.file("receiver.key"))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Relay:
    """TCP between kmaas and a receiver. `cut` resets every connection; while `frozen`, nothing passes and nothing is refused."""

    def __init__(self, target):
        self.target, self.frozen = target, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.pairs, self.lock, self.ending = [], threading.Lock(), False

    def cut(self):
        with self.lock:
            pairs, self.pairs = self.pairs, []
        for end in [end for pair in pairs for end in pair]:
            with contextlib.suppress(OSError):  # its thread may have closed it
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.close()

    def _carry(self, pair):
        try:
            while not self.ending:
                if self.frozen:
                    pause(0.05)
                    continue
                for end in select.select(pair, [], [], 0.1)[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    pair[1 - pair.index(end)].sendall(data)
        except (OSError, ValueError):
            pass
        finally:
            for end in pair:
                end.close()

    def _accept(self):
        while not self.ending:
            try:
                client, _ = self.listener.accept()
                pair = [client, socket.create_connection(("127.0.0.1", self.target), timeout=5)]
            except OSError:
                continue
            with self.lock:
                self.pairs.append(pair)
            threading.Thread(target=self._carry, args=(pair,), daemon=True).start()

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.ending = True
        self.listener.close()
        self.cut()


def trail_of(server):
    """Every record of the trail: its number and the id of its event."""
    records = []
    for path in sorted((server.data / "audit").glob("audit-*.jsonl")):
        for line in path.read_text().splitlines():
            record = json.loads(line)
            records.append((record["seq"], record["event"]["eventID"]))
    return records


def missing_seals(server, events):
    """Seals of the trail that did not arrive byte for byte."""
    made = [line for path in sorted((server.data / "audit").glob("seals-*.jsonl")) for line in path.read_text().splitlines()]
    arrived = {json.dumps(event["serviceEventDetails"], separators=(",", ":")) for event in events if event["eventName"] == "AuditSeal"}
    return [line for line in made if line not in arrived]


class Comparison:
    """What arrived beside what the trail holds. Heartbeats and test events have no number and are left out."""

    def __init__(self, trail, events):
        arrived = [(event["kmaas"]["seq"], event["eventID"]) for event in events if "seq" in event.get("kmaas", {})]
        counted = collections.Counter(arrived)
        first = list(dict.fromkeys(arrived))
        self.trail, self.arrived = len(trail), len(arrived)
        self.missing = [record for record in trail if record not in counted]
        self.foreign = [record for record in first if record not in set(trail)]
        self.duplicates = len(arrived) - len(first)
        self.in_order = first == sorted(first)

    def whole(self):
        return self.trail > 0 and not self.missing and not self.foreign and self.in_order

    def __str__(self):
        return (f"{self.trail} records, {self.arrived} arrived, {len(self.missing)} missing, {self.duplicates} duplicates, "
                f"{len(self.foreign)} foreign, first arrivals {'in' if self.in_order else 'NOT in'} order")
