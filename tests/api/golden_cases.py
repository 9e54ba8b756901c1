#!/usr/bin/python3
"""Replays the golden cases against a real server, through AWS JSON and through gRPC, and compares the two.

A case is tests/api/<Operation>/<case>.json:

    {"about": "...", "steps": [{"call": "CreateKey", "in": {}, "keep": {"arn": "KeyMetadata.Arn"}},
                               {"call": "Encrypt", "in": {"KeyId": "${arn}"}, "out": {...}},
                               {"call": "Encrypt", "in": {...}, "error": "NotFoundException", "message": "..."}]}

A step {"user": "alice"} makes a user of IAM of that name, unless there is one: grants and policies name nobody who is not there.
A step {"region": "${other_region}", "call": ...} is made in that Region, the others in the first.
`out` names every member of the reply; "$any" stands for any value, "${name}" for one that was kept. `audit` names members
that the record of the call must have.
"""

import argparse
import json
import pathlib
import re
import sys
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import kms_grpc  # noqa: E402
from server import ACCOUNT, Server  # noqa: E402

OTHER_REGION = "eu-west-1"
FOLDER = pathlib.Path(__file__).resolve().parent
# A rotation that was begun stays so: what is answered does not depend on how fast the scheduler is.
SCHEDULER_RESTS_MS = 3_600_000
SETTINGS = {
    "regions": [OTHER_REGION],
    "lifecycle": {"interval_ms": SCHEDULER_RESTS_MS},
    # A cluster whose token is not there: stores are made and described, and do not connect.
    "key_stores": [{"cluster_id": "cluster-234567abcde", "account": ACCOUNT, "token_label": "nobody's"}],
}


class AwsJson:
    name = "AWS JSON"

    def __init__(self, server):
        from botocore.credentials import Credentials
        self.server = server
        self.credentials = Credentials(server.credentials["access_key_id"], server.credentials["secret_access_key"])

    def call(self, operation, request, region=None):
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        body = json.dumps(request)
        signed = AWSRequest("POST", self.server.url + "/", data=body,
                            headers={"X-Amz-Target": f"TrentService.{operation}", "Content-Type": "application/x-amz-json-1.1"})
        SigV4Auth(self.credentials, "kms", region or self.server.region).add_auth(signed)
        plain = urllib.request.Request(self.server.url + "/", data=body.encode(), headers=dict(signed.headers), method="POST")
        try:
            with urllib.request.urlopen(plain, context=self.server.tls(), timeout=30) as answer:
                text = answer.read()
                return {"id": answer.headers["x-amzn-RequestId"], "out": json.loads(text) if text else {}}
        except urllib.error.HTTPError as answer:
            fault = json.loads(answer.read())
            assert answer.headers["x-amzn-ErrorType"] == fault["__type"]
            return {"id": answer.headers["x-amzn-RequestId"], "error": fault["__type"], "message": fault.get("message", "")}


def empty_lists_of_a_page(reply):
    """A page says that it is empty in JSON; in protobuf an empty list and none are the same."""
    if "truncated" not in reply.DESCRIPTOR.fields_by_name:
        return {}
    return {field.json_name: [] for field in reply.DESCRIPTOR.fields if field.label == field.LABEL_REPEATED and not getattr(reply, field.name)}


class Grpc:
    name = "gRPC"

    def __init__(self, server):
        self.region = server.region
        self.messages, stubs = kms_grpc.load()
        self.methods = stubs.KeyManagementServiceStub(server.grpc_channel())

    def call(self, operation, request, region=None):
        import grpc
        from google.protobuf import json_format
        message = json_format.ParseDict(request, getattr(self.messages, operation + "Request")())
        try:
            reply, exchange = getattr(self.methods, operation).with_call(message, timeout=30, metadata=(("x-kmaas-region", region or self.region),))
            trailers = dict(exchange.trailing_metadata() or ()) | dict(exchange.initial_metadata() or ())
            return {"id": trailers.get("x-amzn-requestid"), "out": json_format.MessageToDict(reply) | empty_lists_of_a_page(reply)}
        except grpc.RpcError as fault:
            trailers = dict(fault.trailing_metadata() or ())
            return {"id": trailers.get("x-amzn-requestid"), "error": trailers.get("x-amzn-errortype"), "message": fault.details() or ""}


def substitute(value, kept):
    if isinstance(value, dict):
        return {key: substitute(item, kept) for key, item in value.items()}
    if isinstance(value, list):
        return [substitute(item, kept) for item in value]
    if isinstance(value, str):
        whole = re.fullmatch(r"\$\{(\w+)\}", value)
        if whole:
            return kept[whole.group(1)]
        return re.sub(r"\$\{(\w+)\}", lambda match: str(kept[match.group(1)]), value)
    return value


def differs(expected, actual, where=""):
    """The first difference as text, or None."""
    if expected == "$any":
        return None if actual not in (None, "") else f"{where}: absent"
    if isinstance(expected, dict) and isinstance(actual, dict):
        if set(expected) != set(actual):
            return f"{where}: members {sorted(actual)}, expected {sorted(expected)}"
        return next((found for key in expected if (found := differs(expected[key], actual[key], f"{where}.{key}"))), None)
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return next((found for i, item in enumerate(expected) if (found := differs(item, actual[i], f"{where}[{i}]"))), None)
    return None if expected == actual else f"{where}: {actual!r}, expected {expected!r}"


def dig(value, path):
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def check_step(step, answer, kept):
    if "error" in step:
        if answer.get("error") != step["error"]:
            return f"answered {answer}, expected {step['error']}"
        if "message" in step:
            return differs(substitute(step["message"], kept), answer["message"], "message")
        return None
    if "error" in answer:
        return f"answered {answer['error']}: {answer['message']}"
    if "out" in step:
        return differs(substitute(step["out"], kept), answer["out"], "reply")
    return None


def check_audit(step, answer, server, kept):
    if "audit" not in step:
        return None
    record = next((event for event in reversed(server.audit_events()) if event["requestID"] == answer["id"]), None)
    if record is None:
        return f"no audit record for request {answer['id']}"
    for key, value in substitute(step["audit"], kept).items():
        if found := differs(value, record.get(key), f"audit.{key}"):
            return found
    return None


def make_user(name, server):
    iam = server.boto3("iam")
    try:
        iam.create_user(UserName=name)
    except iam.exceptions.EntityAlreadyExistsException:
        pass


def replay(case, client, server):
    """None, or why the case failed through this client."""
    kept = {"account": server.account, "region": server.region, "other_region": OTHER_REGION, "way": re.sub(r"\W", "", client.name)}
    for number, step in enumerate(case["steps"], 1):
        if "user" in step:
            make_user(substitute(step["user"], kept), server)
            continue
        answer = client.call(step["call"], substitute(step.get("in", {}), kept), substitute(step.get("region", server.region), kept))
        failure = check_step(step, answer, kept) or check_audit(step, answer, server, kept)
        if failure:
            return f"{client.name}: step {number} ({step['call']}): {failure}"
        for name, path in step.get("keep", {}).items():
            kept[name] = dig(answer["out"], path)
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("operations", nargs="*", help="only these operations")
    chosen = parser.parse_args().operations
    paths = [path for path in sorted(FOLDER.glob("*/*.json")) if not chosen or path.parent.name in chosen]
    failed = 0
    with Server(SETTINGS) as server:
        clients = [AwsJson(server), Grpc(server)]
        for path in paths:
            case = json.loads(path.read_text())
            for client in clients:
                if failure := replay(case, client, server):
                    failed += 1
                    print(f"FAILED {path.relative_to(FOLDER)}: {failure}")
    print(f"{2 * len(paths) - failed} passed, {failed} failed")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
