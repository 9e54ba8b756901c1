"""Goal: every record of the audit trail arrives at real receivers, in order and with its number and id, over each transport."""

import contextlib
import json
import os
import pathlib
import shutil
import tempfile
import time
import unittest

import metrics
from server import BUILD, Server, until
from siem_receivers import TOKEN, Collector, Comparison, Pki, Rsyslog, SyslogNg, trail_of

CALLS = 40


def destination(name, **settings):
    return {"name": name, "heartbeat_seconds": 1, **settings}


def tls(pki, port, client="kmaas"):
    return {"transport": "syslog_tls", "host": "127.0.0.1", "port": port, "ca": pki.file("ca.crt"),
            "certificate": pki.file(f"{client}.crt"), "private_key": pki.file(f"{client}.key")}


def make_calls(server, count=CALLS):
    kms = server.boto3()
    key = kms.create_key(Description="siem")["KeyMetadata"]["KeyId"]
    for number in range(count):
        kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"n": str(number), "bar|equals=": 'quote" \\ ]'})
    with contextlib.suppress(kms.exceptions.NotFoundException):
        kms.describe_key(KeyId="alias/absent")


def status_of(server, name):
    rows = json.loads(server.kmaas("siem", "status", "--json").stdout)["destinations"]
    return next(row for row in rows if row["name"] == name)


class SiemDelivery(unittest.TestCase):
    """One server with a destination of each kind, each with a real receiver."""

    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        base = pathlib.Path(tempfile.mkdtemp(prefix="kmaas-siem-"))
        cls.stack.callback(shutil.rmtree, base, True)
        cls.pki = Pki(base)
        token = base / "token"
        token.write_text(TOKEN + "\n")
        token.chmod(0o600)
        cls.rsyslog = cls.stack.enter_context(Rsyslog(base / "rsyslog", cls.pki))
        cls.plain = cls.stack.enter_context(Rsyslog(base / "plain"))
        cls.syslog_ng = cls.stack.enter_context(SyslogNg(base / "syslog-ng", cls.pki))
        cls.collector = cls.stack.enter_context(Collector(cls.pki))
        cls.file = base / "events.jsonl"
        formats = {name: base / f"{name}.log" for name in ("cef", "leef", "ocsf", "ecs", "wazuh")}
        cls.formats = formats
        cls.server = cls.stack.enter_context(Server({"siem": [
            destination("rsyslog", **tls(cls.pki, cls.rsyslog.port)),
            destination("plain", transport="syslog_tcp", host="127.0.0.1", port=cls.plain.port, settle_ms=300),
            destination("syslog-ng", **tls(cls.pki, cls.syslog_ng.port)),
            destination("collector", transport="https", host="127.0.0.1", port=cls.collector.port, ca=cls.pki.file("ca.crt"),
                        token_file=str(token)),
            destination("file", transport="file", file=str(cls.file)),
            *(destination(name, transport="file", file=str(path), format=name) for name, path in formats.items())]}))
        make_calls(cls.server)

    def assert_whole(self, events):
        until(lambda: Comparison(trail_of(self.server), events()).whole())
        found = Comparison(trail_of(self.server), events())
        print(f"{self.id().split('.')[-1]}: {found}")
        self.assertTrue(found.whole(), str(found))

    def file_events(self):
        return [json.loads(line) for line in self.file.read_text().splitlines()]

    def test_rsyslog_gets_every_record_over_mutual_tls(self):
        self.assert_whole(self.rsyslog.events)
        line = next(line for line in self.rsyslog.lines() if '"eventName":"CreateKey"' in line)
        record = json.loads(line[line.index('{"'):])
        self.assertIn(f'[kmaas@32473 seq="{record["kmaas"]["seq"]}" eventId="{record["eventID"]}"]', line)
        self.assertTrue(line.startswith("<110>1 "), line[:40])

    def test_rsyslog_gets_every_record_over_tcp(self):
        self.assert_whole(self.plain.events)

    def test_syslog_ng_gets_every_record_over_mutual_tls(self):
        self.assert_whole(self.syslog_ng.events)
        self.assertIn("kmaas@32473", self.syslog_ng.lines()[0])

    def test_a_collector_gets_every_record_over_https(self):
        self.assert_whole(self.collector.events)
        posted = self.collector.posted[0]
        self.assertEqual(("kmaas", "aws:cloudtrail"), (posted["source"], posted["sourcetype"]))

    def test_a_file_gets_every_record(self):
        self.assert_whole(self.file_events)

    def test_each_format_gets_every_record_in_one_line(self):
        count = len(trail_of(self.server))
        for name, path in self.formats.items():
            ids = [event_id for _, event_id in trail_of(self.server)]
            records = lambda p=path: [line for line in p.read_text().splitlines() if "Heartbeat" not in line and "AuditSeal" not in line]  # noqa: E731
            self.assertTrue(until(lambda: len(records()) >= count), name)
            lines = records()
            self.assertTrue(all(event_id in line for event_id, line in zip(ids, lines)), name)
            self.assertTrue(all(len(line.encode()) < 8192 for line in lines), name)

    def test_silence_is_filled_with_heartbeats_that_say_where_the_trail_is(self):
        heartbeats = lambda: [event for event in self.file_events() if event["eventName"] == "Heartbeat"]  # noqa: E731
        self.assertTrue(until(lambda: len(heartbeats()) >= 2))
        details = heartbeats()[-1]["serviceEventDetails"]
        self.assertIn((details["lastSequence"]), [sequence for sequence, _ in trail_of(self.server)])
        self.assertEqual("file", details["destination"])

    def test_a_file_that_was_rotated_away_is_begun_anew(self):
        until(lambda: Comparison(trail_of(self.server), self.file_events()).whole())
        before = self.file_events()
        moved = self.file.with_suffix(".1")
        os.rename(self.file, moved)
        make_calls(self.server, 3)
        self.assertTrue(until(lambda: self.file.exists() and len(self.file_events()) >= 5))
        both = lambda: [json.loads(line) for line in moved.read_text().splitlines()] + self.file_events()  # noqa: E731
        self.assertTrue(until(lambda: Comparison(trail_of(self.server), both()).whole()))
        self.assertGreaterEqual(len(both()), len(before))
        self.file.write_text(moved.read_text() + self.file.read_text())  # for the other tests

    def test_status_tells_how_far_each_destination_is(self):
        last = lambda: trail_of(self.server)[-1][0]  # noqa: E731
        self.assertTrue(until(lambda: status_of(self.server, "rsyslog")["sequence"] == last()))
        self.assertEqual((0, ""), (status_of(self.server, "rsyslog")["lag"], status_of(self.server, "rsyslog")["error"]))

    def test_status_shows_a_damaged_cursor_in_its_row_and_the_others_as_ever(self):
        damaged = self.server.data / "siem" / "no-such-server.cursor"
        other = Server(directory=self.server.directory, overrides={"siem": [
            destination("no-such-server", transport="file", file=str(self.file) + ".never"), *self.server.overrides["siem"]]})
        other.config_path = self.server.directory / "other.yaml"
        other.write_config()
        damaged.write_text("garbage\n")
        self.addCleanup(damaged.unlink)
        self.assertIn("is no cursor", status_of(other, "no-such-server")["error"])
        self.assertGreater(status_of(other, "no-such-server")["lag"], CALLS)
        self.assertGreater(status_of(other, "rsyslog")["sequence"], 0)

    def test_metrics_say_what_was_sent_and_when_certificates_end(self):
        self.assertTrue(until(lambda: metrics.value(metrics.read(self.server), "kmaas_siem_seals_total", destination="rsyslog") == 1))
        page = metrics.read(self.server)
        self.assertGreaterEqual(metrics.value(page, "kmaas_siem_sent_total", destination="rsyslog"), CALLS)
        for setting in ("siem.rsyslog.ca", "siem.rsyslog.certificate", "siem.collector.ca"):
            days = (metrics.value(page, "kmaas_certificate_end_timestamp_seconds", setting=setting) - time.time()) / 86400
            self.assertTrue(29 < days <= 30, (setting, days))
        self.assertIsNone(metrics.value(page, "kmaas_certificate_end_timestamp_seconds", setting="siem.collector.certificate"))

    def test_a_test_event_reports_what_the_receiver_did(self):
        for name in ("rsyslog", "syslog-ng", "plain", "collector", "file"):
            said = self.server.kmaas("siem", "test", name).stdout
            self.assertIn("delivered", said, name)
        self.assertTrue(until(lambda: any(event["eventName"] == "DeliveryTest" for event in self.rsyslog.events())))


class RefusedSession(unittest.TestCase):
    """TLS 1.3: the handshake of a client whose certificate the receiver refuses succeeds, and so does its first write."""

    def test_it_is_a_failed_delivery_and_nothing_is_lost(self):
        with contextlib.ExitStack() as stack:
            base = pathlib.Path(tempfile.mkdtemp(prefix="kmaas-siem-"))
            stack.callback(shutil.rmtree, base, True)
            pki = Pki(base)
            rsyslog = stack.enter_context(Rsyslog(base / "rsyslog", pki))
            server = stack.enter_context(Server({"siem": [destination("refused", **tls(pki, rsyslog.port, "stranger"))]}))
            make_calls(server, 5)
            self.assertTrue(until(lambda: status_of(server, "refused")["error"] != ""))
            self.assertNotEqual(0, server.kmaas("siem", "test", "refused", check=False).returncode)
            self.assertEqual((0, []), (status_of(server, "refused")["sequence"], rsyslog.events()))
            server.stop()
            server.overrides = {"siem": [destination("refused", **tls(pki, rsyslog.port))]}
            server.write_config()
            server.start()
            self.assertTrue(until(lambda: Comparison(trail_of(server), rsyslog.events()).whole()))
            print("after the refusal:", Comparison(trail_of(server), rsyslog.events()))


if __name__ == "__main__":
    os.environ.setdefault("KMAAS_BUILD", str(BUILD))
    unittest.main(verbosity=2)
