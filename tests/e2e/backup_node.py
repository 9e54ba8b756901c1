"""An empty node that a backup of another one is restored to: its own directory and ports, a copy of the other's token."""

import json
import shutil
import subprocess

from server import BUILD, Server


class Node(Server):
    """`keep_token`: with a copy of the token as it is now. TLS files are copied, as an operator would bring them."""

    def __init__(self, other, keep_token=False):
        super().__init__(overrides=other.overrides, region=other.region)
        self.user_pin, self.so_pin = other.user_pin, other.so_pin
        self.data.mkdir(mode=0o700)
        shutil.copytree(other.data / "tls", self.data / "tls")
        self.credentials = dict(other.credentials)
        self._private("user.pin", self.user_pin)
        tokens = self.directory / "tokens"
        (self.directory / "softhsm2.conf").write_text(
            f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n")
        if keep_token:
            shutil.copytree(other.directory / "tokens", tokens)
        self.write_config()

    def __enter__(self):
        return self

    def give_token_another_serial(self):
        """As a cloned partition of an HSM has one. SoftHSM keeps it as 16 characters in the file of the token."""
        path = next((self.directory / "tokens").iterdir()) / "token.object"
        shown = subprocess.run(["softhsm2-util", "--show-slots"], env=self.environment, capture_output=True, text=True, check=True).stdout
        serial = next(line.split(":")[1].strip() for line in shown.splitlines() if "Serial number" in line and line.split(":")[1].strip())
        content = path.read_bytes()
        assert content.count(serial.encode()) == 1, (serial, shown)
        path.write_bytes(content.replace(serial.encode(), serial[::-1].encode() if serial != serial[::-1] else b"0" * len(serial)))


def restore(node, file, *arguments):
    return json.loads(node.kmaas("restore", file, "--json", *arguments).stdout)


def consent(node, who, out):
    path = node.directory / out
    environment = dict(node.environment, AWS_ACCESS_KEY_ID=who["AccessKeyId"], AWS_SECRET_ACCESS_KEY=who["SecretAccessKey"])
    subprocess.run([str(BUILD / "bin/kmaas"), "restore", "consent", "--config", str(node.config_path), "--out", str(path), "--reason", "drill"],
                   env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=True)
    return path


def accept(node, consents, check=True):
    arguments = [part for path in consents for part in ("--consent", path)]
    return node.kmaas("restore", "--accept-rollback", *arguments, check=check)


def two_consents(node, people):
    return accept(node, [consent(node, who, f"{number}.consent") for number, who in enumerate(people)])


def refused_consents(case, node, people):
    done = accept(node, [consent(node, who, f"too-few-{number}.consent") for number, who in enumerate(people)], check=False)
    case.assertEqual(done.returncode, 1)
    case.assertIn("two persons", done.stderr)
