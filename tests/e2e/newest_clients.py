"""The newest AWS SDKs, which tests/clients/install has put below build/clients: boto3, and @aws-sdk/client-kms in a process of its own.

Import it before anything that imports boto3: Debian's is on the path, too.
"""

import base64
import datetime
import json
import os
import pathlib
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
CLIENTS = pathlib.Path(os.environ.get("KMAAS_CLIENTS", SOURCE / "build/clients"))

if subprocess.run([SOURCE / "tests/clients/install", "--check", "--into", CLIENTS], stdin=subprocess.DEVNULL, check=False).returncode != 0:
    sys.exit(f"{CLIENTS}: the AWS SDKs that this test calls with are not there; tests/clients/install installs them from PyPI and npm")
sys.path.insert(0, str(next(CLIENTS.glob("python/lib/python3*/site-packages"))))
import botocore  # noqa: E402
import botocore.config  # noqa: E402
import botocore.exceptions  # noqa: E402

if not pathlib.Path(botocore.__file__).is_relative_to(CLIENTS.resolve()):
    sys.exit(f"another botocore was imported before this module: {botocore.__file__}")


class Answer:
    """Of one call: what the SDK read from it, and for boto3 the JSON on the wire; or the error; or why the SDK did not send it."""

    def __init__(self, output=None, wire=None, error=None, message=None, status=200, request_id=None, modelled=None, unsent=None):
        self.output, self.wire, self.error, self.message, self.status = output, wire, error, message, status
        self.request_id, self.modelled, self.unsent = request_id, modelled, unsent

    def __str__(self):
        if self.unsent:
            return f"not sent: {self.unsent}"
        return f"{self.status} {self.error}: {self.message}" if self.error else f"{self.status} {self.output}"


class Boto3:
    name = "boto3"

    def __init__(self, server):
        config = botocore.config.Config(retries={"max_attempts": 0}, read_timeout=60, parameter_validation=False)
        self.client = server.boto3(config=config)
        self.model = self.client.meta.service_model
        self.body = self.wire = None
        self.client.meta.events.register("before-call.kms", self.replace_body)
        self.client.meta.events.register("before-parse.kms", self.keep_wire)

    def replace_body(self, params, **_):
        if self.body is not None:
            params["body"] = self.body.encode()

    def keep_wire(self, response_dict, **_):
        self.wire = response_dict["body"]

    def call(self, operation, request=None, body=None):
        """`body`, when given, in place of what the SDK writes."""
        self.body, self.wire = body, None
        try:
            output = self.client._make_api_call(operation, {} if request is None else request)
        except botocore.exceptions.ClientError as fault:
            told = fault.response
            return Answer(error=told["Error"]["Code"], message=told["Error"]["Message"], status=told["ResponseMetadata"]["HTTPStatusCode"],
                          request_id=told["ResponseMetadata"].get("RequestId"), modelled=type(fault).__name__ == told["Error"]["Code"])
        except (TypeError, ValueError, AttributeError, botocore.exceptions.BotoCoreError) as fault:
            return Answer(unsent=f"{type(fault).__name__}: {fault}")
        metadata = output.pop("ResponseMetadata")
        return Answer(output, json.loads(self.wire) if self.wire else {}, status=metadata["HTTPStatusCode"], request_id=metadata.get("RequestId"))

    def close(self):
        self.client.close()


class JavaScript:
    name = "@aws-sdk/client-kms"

    def __init__(self, server):
        self.process = subprocess.Popen([CLIENTS / "node", SOURCE / "tests/clients/kms.mjs", CLIENTS], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=dict(os.environ, NODE_EXTRA_CA_CERTS=server.ca))
        own = server.credentials
        self.write({"url": server.url, "region": server.region,
                    "credentials": {"accessKeyId": own["access_key_id"], "secretAccessKey": own["secret_access_key"]}})

    def write(self, line):
        self.process.stdin.write(json.dumps(line, default=tagged) + "\n")
        self.process.stdin.flush()

    def call(self, operation, request=None, body=None):
        self.write({"operation": operation, "input": request, **({} if body is None else {"body": body})})
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the client in JavaScript ended with {self.process.wait()}")
        return Answer(**json.loads(line, object_hook=untagged))

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


def tagged(value):
    if isinstance(value, bytes):
        return {"$blob": base64.b64encode(value).decode()}
    return {"$time": value.timestamp()}


def untagged(value):
    if set(value) == {"$blob"}:
        return base64.b64decode(value["$blob"])
    if set(value) == {"$time"}:
        return datetime.datetime.fromtimestamp(value["$time"], datetime.timezone.utc)
    return value
