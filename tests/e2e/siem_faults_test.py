"""Goal: whatever breaks between the audit trail and its receivers, every record arrives, in order; one that comes twice is the same.

Faults: the receiver stopped and back, the connection reset and frozen, an answer that is lost, the server killed, cursors on a full disk, and all of
that by turns. `--plant drop` moves a cursor over records that were not sent, as a server would that counts before it sends: the
comparison has to find them missing, and a run with the plant succeeds only if it does.
"""

import contextlib
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

from server import Server, pause, until
from siem_delivery_test import destination, make_calls, status_of, tls
from siem_receivers import TOKEN, Collector, Comparison, Pki, Relay, Rsyslog, trail_of

ROUNDS = int(os.environ.get("KMAAS_SIEM_ROUNDS", "6"))
SEED = int(os.environ.get("KMAAS_SIEM_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)


class Callers(threading.Thread):
    """Makes calls until told to end; while the server is away they fail, which is no matter here."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.ending = server, threading.Event()

    def run(self):
        while not self.ending.is_set():
            with contextlib.suppress(Exception):
                make_calls(self.server, 20)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.join()


class SiemFaults(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="kmaas-siem-"))
        self.stack.callback(shutil.rmtree, self.base, True)
        self.pki = Pki(self.base)

    def start(self, *destinations):
        return self.stack.enter_context(Server({"siem": list(destinations)}))

    def assert_whole(self, server, receiver, seconds=60):
        until(lambda: Comparison(trail_of(server), receiver.events()).whole(), seconds)
        found = Comparison(trail_of(server), receiver.events())
        print(f"{self.id().split('.')[-1]}: {found}")
        self.assertTrue(found.whole(), str(found))
        return found

    def test_a_receiver_that_was_stopped_gets_what_it_missed(self):
        rsyslog = self.stack.enter_context(Rsyslog(self.base / "rsyslog", self.pki))
        server = self.start(destination("soc", **tls(self.pki, rsyslog.port)))
        make_calls(server)
        self.assert_whole(server, rsyslog)
        rsyslog.stop()
        make_calls(server)
        self.assertTrue(until(lambda: status_of(server, "soc")["error"] != ""))
        self.assertGreater(status_of(server, "soc")["lag"], 0)
        rsyslog.start()
        self.assert_whole(server, rsyslog)
        self.assertTrue(until(lambda: status_of(server, "soc")["error"] == ""))

    def test_a_connection_that_is_reset_or_frozen_loses_nothing(self):
        rsyslog = self.stack.enter_context(Rsyslog(self.base / "rsyslog", self.pki))
        relay = self.stack.enter_context(Relay(rsyslog.port))
        server = self.start(destination("soc", **tls(self.pki, relay.port)))
        with Callers(server):
            for _ in range(5):
                pause(0.3)
                relay.cut()
            relay.frozen = True
            pause(1)
            relay.cut()
            relay.frozen = False
            pause(0.5)
        self.assert_whole(server, rsyslog)

    def test_an_answer_that_is_lost_makes_duplicates_and_no_gap(self):
        token = self.base / "token"
        token.write_text(TOKEN)
        token.chmod(0o600)
        collector = self.stack.enter_context(Collector(self.pki))
        server = self.start(destination("collector", transport="https", host="127.0.0.1", port=collector.port,
                                        ca=self.pki.file("ca.crt"), token_file=str(token)))
        make_calls(server, 5)
        self.assert_whole(server, collector)
        for mood in ("mute", "busy"):
            collector.mood = mood
            make_calls(server, 10)
            self.assertTrue(until(lambda: status_of(server, "collector")["error"] != ""))
            if mood == "mute":  # what failed so far may have been a heartbeat alone
                self.assertTrue(until(lambda: Comparison(trail_of(server), collector.events()).duplicates > 0))
            collector.mood = "accept"
            found = self.assert_whole(server, collector)
            self.assertTrue(until(lambda: status_of(server, "collector")["error"] == ""))
        self.assertGreater(found.duplicates, 0)

    @unittest.skipUnless(os.geteuid() == 0, "mounts a small file system")
    def test_cursors_on_a_full_disk_stop_no_delivery(self):
        rsyslog = self.stack.enter_context(Rsyslog(self.base / "rsyslog", self.pki))
        server = self.start(destination("soc", **tls(self.pki, rsyslog.port)))
        make_calls(server, 5)
        self.assert_whole(server, rsyslog)
        self.assertTrue(until(lambda: status_of(server, "soc")["lag"] == 0))
        server.stop()
        cursors = server.data / "siem"
        kept = (cursors / "soc.cursor").read_bytes()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs", str(cursors)], check=True)
        self.stack.callback(subprocess.run, ["umount", str(cursors)], check=True)
        (cursors / "soc.cursor").write_bytes(kept)
        with contextlib.suppress(OSError), open(cursors / "filler", "wb", buffering=0) as filler:
            while True:
                filler.write(b"x" * 4096)
        server.start()
        make_calls(server, 30)
        self.assert_whole(server, rsyslog)
        self.assertTrue(until(lambda: "siem_cursor_not_written" in server.log_path.read_text()))
        self.assertEqual(kept, (cursors / "soc.cursor").read_bytes())
        (cursors / "filler").unlink()
        self.assertTrue(until(lambda: status_of(server, "soc")["lag"] == 0))
        server.stop()

    def test_everything_by_turns_loses_nothing(self):
        chance = random.Random(SEED)
        rsyslog = self.stack.enter_context(Rsyslog(self.base / "rsyslog", self.pki))
        relay = self.stack.enter_context(Relay(rsyslog.port))
        server = self.start(destination("soc", **tls(self.pki, relay.port)))
        with Callers(server):
            for _ in range(ROUNDS):
                pause(chance.uniform(0.1, 0.6))
                chance.choice([relay.cut, lambda: (rsyslog.stop(), pause(0.3), rsyslog.start())])()
                pause(chance.uniform(0.0, 0.3))
                server.kill()
                server.start()
        print(f"seed {SEED}, {ROUNDS} rounds")
        self.assert_whole(server, rsyslog)


class Harness(unittest.TestCase):
    def test_finds_what_a_cursor_that_moved_before_sending_loses(self):
        with tempfile.TemporaryDirectory(prefix="kmaas-siem-") as base, contextlib.ExitStack() as stack:
            pki = Pki(base)
            rsyslog = stack.enter_context(Rsyslog(pathlib.Path(base) / "rsyslog", pki))
            server = stack.enter_context(Server({"siem": [destination("soc", **tls(pki, rsyslog.port))]}))
            make_calls(server, 5)
            until(lambda: Comparison(trail_of(server), rsyslog.events()).whole())
            rsyslog.stop()
            make_calls(server, 10)
            server.stop()
            plant_drop(server)
            rsyslog.start()
            server.start()
            make_calls(server, 3)
            until(lambda: any(sequence == trail_of(server)[-1][0] for sequence in sequences(rsyslog)))
            found = Comparison(trail_of(server), rsyslog.events())
            print("planted drop:", found)
            self.assertFalse(found.whole(), "the harness does not see records that never arrive")
            self.assertGreaterEqual(len(found.missing), 10)


def sequences(receiver):
    return [event["kmaas"].get("seq") for event in receiver.events()]


def plant_drop(server):
    """What a server leaves that moves its cursor over records before they are sent."""
    import json
    newest = json.loads(sorted((server.data / "audit").glob("audit-*.jsonl"))[-1].read_text().splitlines()[-1])
    path = server.data / "siem/soc.cursor"
    lines = path.read_text().splitlines()
    lines[1], lines[2] = f"sequence {newest['seq']}", f"hash {newest['hash']}"
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    if "--plant" in sys.argv:
        at = sys.argv.index("--plant")
        if sys.argv[at + 1:at + 2] != ["drop"]:
            sys.exit("usage: siem_faults_test.py [--plant drop]")
        sys.argv[at:at + 2] = ["Harness"]
    unittest.main(verbosity=2)
