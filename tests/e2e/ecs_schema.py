"""Holds events against the published field table of the Elastic Common Schema, which tests/clients/install fetches (@elastic/ecs from npm, by Elastic).

Looked at are, for every field: that the table has it; its type; one value or a list of them, as the table says; and the values that it allows. For event.type
also that the table expects it beside one of the event's categories. Fields below `kmaas` are the event's own, as ECS leaves room for.
"""

import datetime
import ipaddress
import json
import subprocess

from server import BUILD

OWN = "kmaas"
REQUIRED = ("@timestamp", "ecs.version", "event.kind", "event.category", "event.type", "event.outcome", "event.id", "event.action")
TYPES = {"keyword": str, "wildcard": str, "match_only_text": str, "text": str, "constant_keyword": str, "long": int, "boolean": bool, "ip": str, "date": str}


def load():
    """(version, {field: its row})"""
    say = 'const ecs = require("@elastic/ecs"); console.log(JSON.stringify([ecs.EcsVersion, ecs.EcsFlat]))'
    clients = BUILD / "clients"
    out = subprocess.run([clients / "node", "-e", say], cwd=clients, capture_output=True, text=True, timeout=60)
    if out.returncode != 0:
        raise RuntimeError(f"run tests/clients/install first:\n{out.stderr[-2000:]}")
    return json.loads(out.stdout)


def flat(event, prefix=""):
    for name, value in event.items():
        if isinstance(value, dict) and f"{prefix}{name}" != OWN:
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def has_type(kind, value):
    try:
        if kind == "ip":
            ipaddress.ip_address(value)
        if kind == "date":
            datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return False
    return isinstance(value, TYPES[kind]) and (kind != "long" or not isinstance(value, bool))


def problems(event, version, fields):
    found = [f"{name}: missing" for name in REQUIRED if name not in dict(flat(event))]
    for name, value in flat(event):
        row = fields.get(name)
        if row is None:
            found += [] if name == OWN else [f"{name}: no field of ECS {version}"]
            continue
        values = value if isinstance(value, list) else [value]
        if isinstance(value, list) != ("array" in row.get("normalize", [])):
            found.append(f"{name}: a list, or none, against the table")
        found += [f"{name}: {one!r} is no {row['type']}" for one in values if not has_type(row["type"], one)]
        allowed = {entry["name"] for entry in row.get("allowed_values", [])}
        found += [f"{name}: {one!r} is not allowed" for one in values if allowed and one not in allowed]
    expected = {one for entry in fields["event.category"]["allowed_values"] if entry["name"] in event["event"].get("category", [])
                for one in entry["expected_event_types"]}
    found += [f"event.type: {one!r} is not expected in {event['event'].get('category')}" for one in event["event"].get("type", []) if one not in expected]
    if event["ecs"]["version"] != version:
        found.append(f"ecs.version: is {event['ecs']['version']}, the table is of {version}")
    return found
