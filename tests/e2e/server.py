"""A real kmaasd on a real SoftHSM token in a directory of its own, for tests and benchmarks.

    with Server() as server:
        kms = server.boto3()

Each Server owns its processes and directory; both are gone when the block ends.
"""

import atexit
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.request

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("KMAAS_BUILD", SOURCE / "build"))
SOFTHSM_MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
                   "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so")
START_SECONDS_MAX = 60
# The first one of every server.
ACCOUNT = "111122223333"
STOP_SECONDS_MAX = 20
TRIES_MAX = 10


# Below those that the kernel gives to whoever does not choose: no connection takes one meanwhile.
PORTS = range(20000, 32000)
_ports_taken = []  # names that end with this process
atexit.register(lambda: [name.close() for name in _ports_taken])


def free_port():
    """A port that no other test gets while this process lives, whether or not anybody listens there yet."""
    while True:
        port, name = secrets.choice(PORTS), socket.socket(socket.AF_UNIX)
        try:
            name.bind(f"\0kmaas-test-port-{port}")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            name.close()
            continue
        _ports_taken.append(name)
        return port


def until(condition, seconds=30):
    """Waits for an event; False when it has not come in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def pause(seconds):
    """For the few tests whose subject is a moment: a kill in the middle, memory that has come to rest."""
    time.sleep(seconds)


def softhsm_module():
    return next(path for path in SOFTHSM_MODULES if os.path.exists(path))


def error_name(refused):
    """AWS's name of an error, however a client of these tests tells it: botocore, kms_json.Fault, or the name as the first argument."""
    response = getattr(refused, "response", None)
    return response["Error"]["Code"] if response else getattr(refused, "name", None) or next(iter(refused.args), None)


def again_when_throttled(call, *arguments, **members):
    """Again while the server is too busy, as SDKs do: the largest keys are not always made in time on a slow machine."""
    for tries_left in reversed(range(TRIES_MAX)):
        try:
            return call(*arguments, **members)
        except Exception as refused:
            if not tries_left or error_name(refused) != "ThrottlingException":
                raise


class Server:
    """Configuration is the default plus `overrides`, a dict of sections as in config/kmaas.yaml."""

    def __init__(self, overrides=None, region="eu-central-1", directory=None):
        self.directory = pathlib.Path(directory or tempfile.mkdtemp(prefix="kmaas-e2e-"))
        self.owns_directory = directory is None
        self.region = region
        self.https_port = free_port()
        self.grpc_port = free_port()
        self.metrics_port = free_port()
        self.process = None
        self.user_pin = "user-pin-" + secrets.token_hex(8)
        self.so_pin = "so-pin-" + secrets.token_hex(8)
        self.overrides = overrides or {}
        self.may_be_refused = False  # system calls
        self.log_path = self.directory / "kmaasd.log"
        self.config_path = self.directory / "kmaas.yaml"
        self.environment = dict(os.environ, SOFTHSM2_CONF=str(self.directory / "softhsm2.conf"))

    # --- set-up -----------------------------------------------------------------------------------------------------
    def make_token(self):
        tokens = self.directory / "tokens"
        tokens.mkdir(mode=0o700)
        (self.directory / "softhsm2.conf").write_text(
            f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n")
        self._private("user.pin", self.user_pin)
        self._private("so.pin", self.so_pin)
        self.run(["softhsm2-util", "--init-token", "--free", "--label", "kmaas", "--pin", self.user_pin, "--so-pin", self.so_pin])

    def add_token(self, label, pin):
        """A second token beside the service's own. Answers its directory."""
        before = set((self.directory / "tokens").iterdir())
        self.run(["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", self.so_pin])
        return next(path for path in (self.directory / "tokens").iterdir() if path not in before)

    def _private(self, name, text):
        path = self.directory / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        return path

    def write_config(self):
        sections = {
            "data_directory": str(self.directory / "data"),
            "region": self.region,
            "hsm": {"module": softhsm_module(), "token_label": "kmaas", "pin_file": str(self.directory / "user.pin")},
            "https": {"address": "127.0.0.1", "port": self.https_port},
            "grpc": {"address": "127.0.0.1", "port": self.grpc_port},
            "metrics": {"port": self.metrics_port},
            "log": {"format": "json"},
        }
        for name, value in self.overrides.items():
            if isinstance(value, dict):
                sections.setdefault(name, {}).update(value)
            else:
                sections[name] = value
        self.config_path.write_text(json.dumps(sections, indent=2))  # JSON is YAML

    def take_pin_from_variable(self):
        """Whoever reads it wipes it. Until the configuration is written again."""
        sections = json.loads(self.config_path.read_text())
        del sections["hsm"]["pin_file"]
        sections["hsm"]["pin_environment"] = "KMAAS_USER_PIN"
        self.config_path.write_text(json.dumps(sections, indent=2))
        self.environment["KMAAS_USER_PIN"] = self.user_pin

    def init(self):
        self.run([BUILD / "bin/kmaas", "init", "--config", self.config_path, "--so-pin-file", self.directory / "so.pin",
                  "--credentials-file", self.directory / "credentials.json", "--account-id", ACCOUNT, "--json"])
        self.credentials = json.loads((self.directory / "credentials.json").read_text())

    def run(self, command, check=True, **options):
        result = subprocess.run([str(part) for part in command], env=self.environment, stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, timeout=120, **options)
        if check and result.returncode != 0:
            raise RuntimeError(f"{command}: exit {result.returncode}\n{result.stdout}\n{result.stderr}")
        return result

    def kmaas(self, *arguments, check=True):
        return self.run([BUILD / "bin/kmaas", *arguments, "--config", self.config_path], check=check)

    # --- life -------------------------------------------------------------------------------------------------------
    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([str(BUILD / "bin/kmaasd"), "--config", str(self.config_path)], env=self.environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.wait_until_ready()
        return self

    def wait_until_ready(self):
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"kmaasd ended with {self.process.returncode}:\n{self.log_path.read_text()[-4000:]}")
            if self.is_ready():
                return
            time.sleep(0.05)
        raise RuntimeError(f"kmaasd is not ready after {START_SECONDS_MAX} s:\n{self.log_path.read_text()[-4000:]}")

    def is_ready(self):
        try:
            with urllib.request.urlopen(self.url + "/readyz", context=self.tls(), timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(STOP_SECONDS_MAX)

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode if self.process else None

    def __enter__(self):
        try:
            self.make_token()
            self.write_config()
            self.init()
            return self.start()
        except BaseException:
            self.__exit__()
            raise

    def refused_calls(self):
        """What the server was refused for its confinement: it should need nothing that it may not do."""
        text = self.log_path.read_text(errors="replace") if self.log_path.exists() else ""
        return [line for line in text.splitlines() if "system_call_refused" in line]

    def __exit__(self, *_):
        self.stop()
        refused = self.refused_calls()
        if self.owns_directory:
            shutil.rmtree(self.directory, ignore_errors=True)
        if refused and not self.may_be_refused:
            raise AssertionError("\n".join(refused))

    # --- clients ----------------------------------------------------------------------------------------------------
    @property
    def url(self):
        return f"https://127.0.0.1:{self.https_port}"

    @property
    def data(self):
        return self.directory / "data"

    @property
    def ca(self):
        return self.credentials["ca_file"]

    @property
    def account(self):
        return self.credentials["account_id"]

    def tls(self):
        return ssl.create_default_context(cafile=self.ca)

    def boto3(self, service="kms", **options):
        import boto3  # Debian's
        import botocore.config
        settings = dict(region_name=self.region, endpoint_url=self.url, verify=self.ca, aws_access_key_id=self.credentials["access_key_id"],
                        aws_secret_access_key=self.credentials["secret_access_key"],
                        config=botocore.config.Config(retries={"max_attempts": 0}, read_timeout=30))
        settings.update(options)
        return boto3.session.Session().client(service, **settings)

    def aws_environment(self, credentials=None):
        """Where the AWS command line calls as somebody: with credentials as IAM and STS give them, or as the first administrator."""
        own = {"AccessKeyId": self.credentials["access_key_id"], "SecretAccessKey": self.credentials["secret_access_key"]}
        given = credentials or own
        token = {"AWS_SESSION_TOKEN": given["SessionToken"]} if given.get("SessionToken") else {}
        return dict(self.environment, AWS_ACCESS_KEY_ID=given["AccessKeyId"], AWS_SECRET_ACCESS_KEY=given["SecretAccessKey"], **token,
                    AWS_DEFAULT_REGION=self.region, AWS_CA_BUNDLE=self.ca, AWS_PAGER="", AWS_CONFIG_FILE="/dev/null",
                    AWS_SHARED_CREDENTIALS_FILE="/dev/null", AWS_EC2_METADATA_DISABLED="true", AWS_MAX_ATTEMPTS="1", no_proxy="127.0.0.1")

    def aws_command(self, *arguments):
        return ["/usr/bin/aws", "--endpoint-url", self.url, "--output", "json", *map(str, arguments)]

    def aws(self, *arguments, check=True, credentials=None):
        """The real AWS command line; its JSON output, parsed."""
        result = subprocess.run(self.aws_command(*arguments), env=self.aws_environment(credentials), stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, timeout=120)
        if not check:
            return result
        if result.returncode != 0:
            raise RuntimeError(f"aws {arguments}: exit {result.returncode}\n{result.stderr}")
        return json.loads(result.stdout) if result.stdout.strip() else {}

    def grpc_channel(self, with_certificate=True):
        import grpc
        read = lambda name: pathlib.Path(self.credentials[name]).read_bytes()  # noqa: E731
        if with_certificate:
            credentials = grpc.ssl_channel_credentials(read("ca_file"), read("client_key_file"), read("client_certificate_file"))
        else:
            credentials = grpc.ssl_channel_credentials(read("ca_file"))
        return grpc.secure_channel(f"127.0.0.1:{self.grpc_port}", credentials)

    def audit_events(self):
        """Without the anchors of the store's head, which come in their own time."""
        return [event for event in self.audit_records() if event["eventName"] != "AnchorStoreHead"]

    def audit_records(self):
        events = []
        for path in sorted((self.data / "audit").glob("audit-*.jsonl")):
            events += [json.loads(line)["event"] for line in path.read_text().splitlines()]
        return events
