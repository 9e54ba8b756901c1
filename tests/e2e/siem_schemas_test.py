"""Goal: events in OCSF and ECS are valid by the published schemas of the versions that they name, and so are heartbeats and seals. tests/receivers/install
and tests/clients/install fetch them.

A validator that finds nothing in a wrong event would prove nothing, so wrong ones are shown to it first.
"""

import contextlib
import json
import pathlib
import sys
import tempfile
import unittest

import ecs_schema
import jsonschema
from server import BUILD, SOURCE, Server, until
from siem_delivery_test import destination, make_calls

sys.path.insert(0, str(BUILD / "receivers/python"))
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema  # noqa: E402

CLASSES = {6003: "api_activity", 3002: "authentication"}
GOLDEN = SOURCE / "tests/unit/siem/golden"


def problems(event):
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(event["metadata"]["version"])).get_class_schema(CLASSES[event["class_uid"]])
    return [f"{'/'.join(map(str, found.path))}: {found.message[:200]}" for found in jsonschema.Draft202012Validator(schema).iter_errors(event)]


class Schemas(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory(prefix="kmaas-siem-") as base:
            paths = {kind: pathlib.Path(base) / kind for kind in ("ocsf", "ecs")}
            with Server({"siem": [destination(kind, transport="file", file=str(path), format=kind) for kind, path in paths.items()]}) as server:
                make_calls(server, 3)
                server.aws("iam", "create-user", "--user-name", "auditor")
                server.aws("iam", "list-users")
                server.aws("sts", "get-session-token", check=False)
                with contextlib.suppress(Exception):
                    server.boto3(aws_secret_access_key="wrong").schedule_key_deletion(KeyId="11111111-2222-3333-4444-555555555555")
                for path in paths.values():
                    assert until(lambda p=path: p.exists() and all(name in p.read_text() for name in ("Heartbeat", "AuditSeal", "ScheduleKeyDeletion")))
            lines = {kind: path.read_text().splitlines() for kind, path in paths.items()}
        for kind, found in lines.items():
            assert len(found) > 10, kind
            found += [path.read_text() for path in sorted(GOLDEN.glob(f"*.{kind}"))]
        cls.events = [json.loads(line) for line in lines["ocsf"]]
        cls.ecs_events = [json.loads(line) for line in lines["ecs"]]
        cls.ecs = ecs_schema.load()

    def test_every_event_is_valid(self):
        found = [problem for event in self.events for problem in problems(event)]
        print(f"OCSF: {len(self.events)} events, {len(found)} problems")
        self.assertEqual([], found)
        self.assertEqual({6003, 3002}, {event["class_uid"] for event in self.events})

    def test_every_field_of_ecs_is_in_its_table(self):
        found = [problem for event in self.ecs_events for problem in ecs_schema.problems(event, *self.ecs)]
        print(f"ECS {self.ecs[0]}: {len(self.ecs_events)} events, {len({name for event in self.ecs_events for name, _ in ecs_schema.flat(event)})} fields, "
              f"{len(found)} problems")
        self.assertEqual([], found)
        self.assertLessEqual({"api", "configuration", "iam", "authentication"}, {one for event in self.ecs_events for one in event["event"]["category"]})

    def test_the_table_of_ecs_finds_what_is_wrong(self):
        spoils = (lambda event: event.pop("@timestamp"), lambda event: event["event"].update(category="api"), lambda event: event["event"].update(type=["read"]),
                  lambda event: event["event"].update(type=["group"]), lambda event: event["event"].update(outcome="ok"),
                  lambda event: event["event"].update(sequence="17"), lambda event: event.update(source={"ip": "kms.amazonaws.com"}),
                  lambda event: event.update(invented=1), lambda event: event["user"].update(names="x"), lambda event: event["ecs"].update(version="9.0.0"))
        self.assertEqual([], ecs_schema.problems(self.ecs_events[0], *self.ecs))
        for number, spoil in enumerate(spoils):
            event = json.loads(json.dumps(self.ecs_events[0]))
            spoil(event)
            self.assertNotEqual([], ecs_schema.problems(event, *self.ecs), number)

    def test_the_validator_finds_what_is_wrong(self):
        for spoil in (lambda event: event.pop("time"), lambda event: event["metadata"].pop("product"), lambda event: event.update(severity_id="low"),
                      lambda event: event.update(activity_id=7), lambda event: event.update(invented=1)):
            event = json.loads(json.dumps(self.events[0]))
            spoil(event)
            self.assertNotEqual([], problems(event))


if __name__ == "__main__":
    unittest.main(verbosity=2)
