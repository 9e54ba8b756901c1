"""How long a backup of many keys takes beside the running server, and its restore; keys that are chosen by chance are used afterwards.

    many_keys.py [--keys 100000] [--seconds-max 60] [--used 1000]
"""

import argparse
import os
import pathlib
import random
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "e2e"))
from backup_node import Node, restore  # noqa: E402
from kms_json import KmsJson  # noqa: E402
from server import BUILD, Server  # noqa: E402

FILL_SECONDS_MAX = 1800


def timed(what, action):
    begun, cpu = time.monotonic(), os.times()
    result = action()
    took, after = time.monotonic() - begun, os.times()
    spent = after.children_user + after.children_system - cpu.children_user - cpu.children_system
    print(f"{what}: {took:.1f} s, {spent:.1f} s of CPU in the command; load {os.getloadavg()[0]:.1f}", flush=True)
    return result, took


def every_key(kms):
    keys, more = [], {}
    while True:
        page = kms.call("ListKeys", Limit=1000, **more)
        keys += [key["KeyId"] for key in page["Keys"]]
        if not page["Truncated"]:
            return keys
        more = {"Marker": page["NextMarker"]}


def fill(server, keys):
    KmsJson(server).call("CreateKey")
    server.stop()
    subprocess.run([str(BUILD / "tests/campaigns/backup_drills/fill_keys"), "--config", str(server.config_path), str(keys - 1)],
                   env=server.environment, stdin=subprocess.DEVNULL, check=True, timeout=FILL_SECONDS_MAX)
    server.start()


class Load(threading.Thread):
    """Somebody who makes keys meanwhile; the longest that one took."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.kms, self.stop, self.calls, self.longest = KmsJson(server), threading.Event(), 0, 0.0

    def run(self):
        while not self.stop.is_set():
            begun = time.monotonic()
            self.kms.call("CreateKey")
            self.longest, self.calls = max(self.longest, time.monotonic() - begun), self.calls + 1


def run(arguments):
    with Server() as server, Node(server, keep_token=True) as node:
        timed("fill", lambda: fill(server, arguments.keys))
        file = server.directory / "many.backup"
        load = Load(server)
        load.start()
        _, backup_took = timed("backup", lambda: server.kmaas("backup", file))
        load.stop.set()
        load.join()
        print(f"meanwhile {load.calls} keys were made, the slowest in {load.longest:.2f} s; the backup has {file.stat().st_size >> 20} MiB")
        server.stop()
        said, restore_took = timed("restore", lambda: restore(node, file))
        assert said["may_serve"] and said["keys"] >= arguments.keys, said
        node.start()
        kms = KmsJson(node)
        keys = every_key(kms)
        assert len(keys) >= arguments.keys, len(keys)
        for key in random.sample(keys, min(arguments.used, len(keys))):
            text = os.urandom(16)
            blob = kms.patiently("Encrypt", KeyId=key, Plaintext=text)["CiphertextBlob"]
            assert kms.patiently("Decrypt", CiphertextBlob=blob)["Plaintext"] == text, key
        kms.close()
        good = max(backup_took, restore_took) <= arguments.seconds_max
        print(f"{len(keys)} keys, {arguments.used} used: {'0 wrong' if good else 'NOT AS PROMISED: too slow'}")
        return 0 if good else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--keys", type=int, default=100_000)
    parser.add_argument("--seconds-max", type=float, default=60)
    parser.add_argument("--used", type=int, default=1000)
    sys.exit(run(parser.parse_args()))
