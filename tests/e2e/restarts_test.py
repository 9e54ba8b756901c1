"""Goal: a restart or an upgrade under load fails no request, and a reload neither that nor a connection.

Method: short forms of tests/campaigns/restarts, each of which is first shown to find a planted fault; `kmaas reload` and the keeper of the
sockets as an operator uses them.
"""

import importlib.machinery
import importlib.util
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import unittest

from server import BUILD, Server, until

CAMPAIGNS = pathlib.Path(__file__).resolve().parents[1] / "campaigns/restarts"
sys.path.insert(0, str(CAMPAIGNS))


def script(name):
    loader = importlib.machinery.SourceFileLoader(name, str(CAMPAIGNS / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


restarts, reloads = script("restarts"), script("reloads")


class Restarts(unittest.TestCase):
    def test_find_a_server_that_owns_its_sockets(self):
        self.assertNotEqual(restarts.campaign(1, 1, "nobody", "no-hand-over"), [])

    def test_find_a_server_that_does_not_drain(self):
        self.assertNotEqual(restarts.campaign(2, 1, "keeper", "cut"), [])

    def test_fail_no_request_behind_the_keeper(self):
        self.assertEqual(restarts.campaign(3, 1, "keeper", "none"), [])

    def test_fail_no_request_behind_a_parent_that_passes_sockets_as_systemd_does(self):
        self.assertEqual(restarts.campaign(2, 1, "parent", "none"), [])


class Reloads(unittest.TestCase):
    def test_find_a_restart_in_place_of_a_reload(self):
        self.assertNotEqual(reloads.campaign(1, 1, 0, "restart"), [])

    def test_find_a_server_that_does_not_hear(self):
        self.assertNotEqual(reloads.campaign(1, 1, 0, "deaf"), [])

    def test_find_bad_files_that_are_taken(self):
        self.assertNotEqual(reloads.campaign(2, 1, 2, "refuse-nothing"), [])

    def test_fail_no_request_drop_no_connection_and_refuse_what_cannot_be_used(self):
        self.assertEqual(reloads.campaign(26, 1, 2, "none"), [])


class Operator(unittest.TestCase):
    """`kmaas reload`, and signals to the keeper."""

    def start(self, *arguments, **overrides):
        server = Server(overrides)
        self.addCleanup(server.__exit__)
        server.make_token()
        server.write_config()
        server.init()
        if not arguments:
            return server.start()
        with open(server.log_path, "ab") as log:
            server.process = subprocess.Popen([str(BUILD / "bin/kmaasd"), *arguments, "--config", str(server.config_path)],
                                              env=server.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        server.wait_until_ready()
        return server

    def change(self, server, **sections):
        server.overrides = {**server.overrides, **sections}
        server.write_config()

    def log(self, server):
        return server.log_path.read_text(errors="replace")

    def test_reads_what_came_of_a_reload(self):
        server = self.start()
        self.change(server, log={"format": "text"})
        self.assertIn("taken by process", server.kmaas("reload").stdout)
        self.assertRegex(self.log(server), r"info configuration_reloaded file=")
        self.change(server, health={"interval_ms": 100})
        refused = server.kmaas("reload", "--json", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertFalse(json.loads(refused.stdout)["taken"])
        self.assertRegex(refused.stderr, r"kmaas\.yaml:\d+:\d+: health\.interval_ms: cannot change")
        self.change(server, health={"intervall_ms": 100})
        refused = server.kmaas("reload", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertRegex(refused.stderr, r"kmaas\.yaml:\d+:\d+: health\.intervall_ms: unknown setting; did you mean interval_ms")

    def test_has_principals_and_destinations_replaced(self):
        import grpc
        import kms_grpc
        events = pathlib.Path(self.made_directory()) / "events.jsonl"
        server = self.start(siem=[{"name": "one", "transport": "file", "file": str(events)}])
        messages, stubs = kms_grpc.load()
        principals = server.data / "grpc-principals.yaml"
        whole = principals.read_text()
        with server.grpc_channel() as channel:
            kms = stubs.KeyManagementServiceStub(channel)
            kms.ListKeys(messages.ListKeysRequest(), timeout=30)
            principals.write_text("principals: []\n")
            server.kmaas("reload")
            with self.assertRaises(grpc.RpcError):
                kms.ListKeys(messages.ListKeysRequest(), timeout=30)
            principals.write_text(whole)
            server.kmaas("reload")
            kms.ListKeys(messages.ListKeysRequest(), timeout=30)
        second = events.with_name("second.jsonl")
        self.change(server, siem=[{"name": "one", "transport": "file", "file": str(second)}])
        server.kmaas("reload")
        server.boto3().create_key()
        self.assertTrue(until(lambda: second.exists() and "CreateKey" in second.read_text()))
        self.assertNotIn("CreateKey", events.read_text())

    def made_directory(self):
        import tempfile
        directory = tempfile.TemporaryDirectory(prefix="kmaas-e2e-")
        self.addCleanup(directory.cleanup)
        return directory.name

    def test_is_told_that_no_server_runs(self):
        server = self.start()
        server.stop()
        refused = server.kmaas("reload", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("no server runs on", refused.stderr)

    def test_cannot_replace_a_server_by_one_that_would_not_start(self):
        server = self.start("--keep-sockets")
        before = server.kmaas("status", "--json").stdout
        whole = server.config_path.read_text()
        server.config_path.write_text("nonsense: true\n")
        server.process.send_signal(signal.SIGUSR2)
        self.assertTrue(until(lambda: '"event":"restart_refused"' in self.log(server)))
        server.config_path.write_text(whole)
        self.assertEqual(json.loads(server.kmaas("status", "--json").stdout)["server_process"], json.loads(before)["server_process"])
        self.assertTrue(server.is_ready())
        self.assertEqual(server.stop(), 0)

    def test_ends_the_keeper_with_its_server_and_frees_the_ports(self):
        server = self.start("--keep-sockets")
        child = int(json.loads(server.kmaas("status", "--json").stdout)["server_process"])
        self.assertNotEqual(child, server.process.pid)
        os.kill(child, signal.SIGKILL)
        self.assertEqual(server.process.wait(30), 128 + signal.SIGKILL)
        socket.create_server(("127.0.0.1", server.https_port)).close()

    def test_has_the_server_end_with_its_keeper(self):
        server = self.start("--keep-sockets")
        server.process.kill()
        server.process.wait(30)
        self.assertTrue(until(lambda: "no server runs" in server.kmaas("reload", check=False).stderr))


if __name__ == "__main__":
    unittest.main()
