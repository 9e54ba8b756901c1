"""Goal: a reader of CEF and of LEEF that knows nothing of kmaas gets back what the record says, whatever characters callers put into it.

Method: readers written from "Implementing ArcSight Common Event Format (CEF)", version 26, and IBM's "LEEF 2.0" pages, over the texts in tests/unit/siem/golden,
which tests/unit/siem/golden_test.cc holds to be what the renderers write. Texts spoilt in the ways in which an escape is forgotten are shown to them first.
"""

import json
import re
import unittest

from server import SOURCE

GOLDEN = SOURCE / "tests/unit/siem/golden"
CUT = "...[cut]"
CONTROLS = {code: " " for code in [*range(0x20), 0x7f]}
CEF_KEYS = {"rt", "externalId", "act", "cat", "outcome", "reason", "msg", "dvchost", "src", "c6a2", "c6a2Label", "suser", "suid", "requestClientApplication",
            *(f"cs{i}{label}" for i in range(1, 7) for label in ("", "Label")), "cn1", "cn1Label"}
LEEF_KEYS = {"devTime", "devTimeFormat", "cat", "sev", "eventId", "requestId", "outcome", "errorCode", "errorMessage", "details", "src", "usrName", "accountName",
             "role", "userAgent", "resource", "decidingStatement", "custody", "region", "eventSource", "devName", "seq", "hash"}


def record(name):
    return json.loads((GOLDEN / f"{name}.json").read_text().replace("{64K}", "\U0001f511" * 16384))


def text_of(name, kind):
    return (GOLDEN / f"{name}.{kind}").read_text()[:-1]


def split_header(text, fields):
    """The header fields, unescaped, and the rest; a bar or backslash is escaped by a backslash."""
    found, at = [], 0
    for _ in range(fields):
        match = re.compile(r"((?:[^|\\]|\\[|\\])*)\|").match(text, at)
        if not match:
            raise ValueError("a header that cannot be read")
        found.append(re.sub(r"\\([|\\])", r"\1", match[1]))
        at = match.end()
    return found, text[at:]


def read_cef(text):
    header, rest = split_header(text, 7)
    if header[0] != "CEF:0" or not header[6].isdigit() or not 0 <= int(header[6]) <= 10:
        raise ValueError("no CEF")
    # A key stands at the beginning or behind a blank, and its equal sign is not escaped.
    keys = list(re.finditer(r"(?:^| )([A-Za-z0-9]+)=", rest))
    members = {}
    for key, following in zip(keys, [*keys[1:], None]):
        value = rest[key.end():following.start() if following else len(rest)]
        if re.search(r"(?<!\\)(?:\\\\)*(?:=|\\[^=\\nr]|\\$)", value) or key[1] in members:
            raise ValueError(f"{key[1]}: not escaped, or twice")
        members[key[1]] = re.sub(r"\\(.)", lambda match: {"n": "\n", "r": "\r"}.get(match[1], match[1]), value)
    return header, members


def read_leef(text):
    header = text.split("|", 6)
    if header[0] != "LEEF:2.0" or header[5] != "x09" or len(header) != 7:
        raise ValueError("no LEEF 2.0")
    members = {}
    for attribute in header[6].split("\t"):
        key, equals, value = attribute.partition("=")
        if not equals or key in members:
            raise ValueError(f"{key}: no attribute, or twice")
        members[key] = value
    return header[:6], members


def expected(text, keeps_breaks):
    """What a reader has to get of a text: control characters are blanks, and CEF has escapes for two of them."""
    return text.translate({code: to for code, to in CONTROLS.items() if not (keeps_breaks and chr(code) in "\r\n")})


class Formats(unittest.TestCase):
    names = sorted(path.stem for path in GOLDEN.glob("*.json"))

    def assert_says(self, got, text, keeps_breaks, what):
        wanted = expected(text, keeps_breaks)
        if got.endswith(CUT):
            got = got[:-len(CUT)]
            self.assertTrue(got and wanted.startswith(got), what)
        else:
            self.assertEqual(got, wanted, what)

    def test_cef_says_what_the_record_says(self):
        self.assertEqual(len(self.names), 7)
        for name in self.names:
            event, (header, members) = record(name), read_cef(text_of(name, "cef"))
            self.assertLessEqual(members.keys(), CEF_KEYS, name)
            self.assertEqual((header[1:3], members["externalId"], members["cn1"]), (["kmaas", "kmaas"], event["eventID"], "17"), name)
            self.assert_says(header[4], event["eventName"], False, name)
            identity = event["userIdentity"]
            for key, text in (("act", event["eventName"]), ("suser", identity.get("arn", identity.get("invokedBy"))), ("reason", event.get("errorCode")),
                              ("requestClientApplication", event["userAgent"]), ("cs3", event.get("requestID")),
                              ("cs1", event["resources"][0]["ARN"] if event["resources"] else None),
                              ("cs4", event.get("additionalEventData", {}).get("decidingStatement"))):
                self.assertEqual(key in members, bool(text), (name, key))
                if text:
                    self.assert_says(members[key], text, True, (name, key))
            self.assertEqual(members["outcome"], "failure" if "errorCode" in event else "success", name)

    def test_leef_says_what_the_record_says(self):
        for name in self.names:
            event, (header, members) = record(name), read_leef(text_of(name, "leef"))
            self.assertLessEqual(members.keys(), LEEF_KEYS, name)
            self.assertEqual((members["eventId"], members["seq"]), (event["eventID"], "17"), name)
            self.assert_says(header[4], event["eventName"].replace("|", " "), False, name)
            identity = event["userIdentity"]
            for key, text in (("usrName", identity.get("arn", identity.get("invokedBy"))), ("errorCode", event.get("errorCode")),
                              ("errorMessage", event.get("errorMessage")), ("userAgent", event["userAgent"]), ("src", event["sourceIPAddress"]),
                              ("resource", event["resources"][0]["ARN"] if event["resources"] else None)):
                self.assertEqual(key in members, bool(text), (name, key))
                if text:
                    self.assert_says(members[key], text, False, (name, key))

    def test_json_formats_are_json_with_the_id(self):
        for name in self.names:
            for kind in ("cloudtrail", "wazuh", "ocsf", "ecs"):
                event = json.loads(text_of(name, kind))
                found = {"cloudtrail": lambda: event["eventID"], "wazuh": lambda: event["aws"]["eventID"], "ocsf": lambda: event["metadata"]["uid"],
                         "ecs": lambda: event["event"]["id"]}[kind]()
                self.assertEqual(found, record(name)["eventID"], (name, kind))

    def test_the_readers_find_what_is_not_escaped(self):
        cef, leef = text_of("hostile", "cef"), text_of("hostile", "leef")
        for spoilt in (cef.replace("\\=", "="), cef.replace("\\|", "|", 1), cef.replace("\\\\d", "\\d"), cef[4:]):
            self.assertNotEqual(spoilt, cef)
            with self.assertRaises((ValueError, AssertionError)):
                header, members = read_cef(spoilt)
                self.assertLessEqual(members.keys(), CEF_KEYS)
                self.assert_says(header[4], record("hostile")["eventName"], False, "name")
        with self.assertRaises((ValueError, AssertionError)):
            _, members = read_leef(leef.replace(" usrName=", "\tusrName="))
            self.assertLessEqual(members.keys(), LEEF_KEYS)


if __name__ == "__main__":
    unittest.main(verbosity=2)
