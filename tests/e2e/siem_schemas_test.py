"""Goal: events in OCSF are valid by the published schema of the version that they name, and so are heartbeats. tests/receivers/install fetches it.

A validator that finds nothing in a wrong event would prove nothing, so wrong ones are shown to it first.
"""

import json
import pathlib
import sys
import tempfile
import unittest

import jsonschema
from server import BUILD, Server, until
from siem_delivery_test import destination, make_calls
from siem_receivers import trail_of

sys.path.insert(0, str(BUILD / "receivers/python"))
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema  # noqa: E402

CLASSES = {6003: "api_activity", 3002: "authentication"}


def problems(event):
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(event["metadata"]["version"])).get_class_schema(CLASSES[event["class_uid"]])
    return [f"{'/'.join(map(str, found.path))}: {found.message[:200]}" for found in jsonschema.Draft202012Validator(schema).iter_errors(event)]


class OcsfSchema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory(prefix="kmaas-siem-") as base:
            path = pathlib.Path(base) / "ocsf.jsonl"
            with Server({"siem": [destination("ocsf", transport="file", file=str(path), format="ocsf")]}) as server:
                make_calls(server, 3)
                server.aws("iam", "create-user", "--user-name", "auditor")
                server.aws("iam", "list-users")
                server.aws("sts", "get-session-token", check=False)
                wanted = len(trail_of(server)) + 1  # and a heartbeat
                assert until(lambda: path.exists() and len(path.read_text().splitlines()) >= wanted)
            cls.events = [json.loads(line) for line in path.read_text().splitlines()]

    def test_every_event_is_valid(self):
        found = [problem for event in self.events for problem in problems(event)]
        print(f"{len(self.events)} events, {len(found)} problems")
        self.assertEqual([], found)
        self.assertEqual({6003, 3002}, {event["class_uid"] for event in self.events})

    def test_the_validator_finds_what_is_wrong(self):
        for spoil in (lambda event: event.pop("time"), lambda event: event["metadata"].pop("product"), lambda event: event.update(severity_id="low"),
                      lambda event: event.update(activity_id=7), lambda event: event.update(invented=1)):
            event = json.loads(json.dumps(self.events[0]))
            spoil(event)
            self.assertNotEqual([], problems(event))


if __name__ == "__main__":
    unittest.main(verbosity=2)
