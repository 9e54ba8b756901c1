"""Goal: who runs code inside the server gets little, and what the server is meant to do goes on. Method: a PKCS#11 module attacks the
server that loads it (tests/attacker), with every confinement and, to show that it would succeed, without."""

import os
import pathlib
import pwd
import re
import resource
import shutil
import socket
import subprocess
import tempfile
import unittest
import urllib.request

from server import BUILD, Server, softhsm_module, until

ATTACKER = BUILD / "tests/attacker/libattacker.so"
ACTIONS_MIN = 30
CALLS_MAX = 82
USER = "nobody"
CONFINED = "system_calls_confined"


class Attacked:
    """A server with the attacker in it, and what it aims at. Its `outcomes` are pairs of action and whether it was refused."""

    def __init__(self, case, confinement, isolation="in-process"):
        self.server = Server()
        self.server.may_be_refused = True
        case.addCleanup(self.server.__exit__)
        self.outside = pathlib.Path(tempfile.mkdtemp(prefix="kmaas-outside-"))
        case.addCleanup(shutil.rmtree, self.outside, ignore_errors=True)
        for name in ("secret", "victim"):
            (self.outside / name).write_text(name)
        self.inside = self.server.data / "attacked"
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.stream, self.datagram = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        for one in (self.listener, self.stream, self.datagram):
            case.addCleanup(one.close)
        abstract = f"kmaas-attacked-{os.getpid()}-{self.listener.getsockname()[1]}"
        self.stream.bind("\0" + abstract)
        self.stream.listen()
        self.datagram.bind("\0" + abstract + "-datagram")
        # A destination, so that connections are allowed at all, to the port of nobody.
        siem = [{"name": "nobody", "transport": "syslog_tcp", "host": "127.0.0.1", "port": 9}]
        environment = {"KMAAS_ATTACK_MODULE": softhsm_module(), "KMAAS_ATTACK_INSIDE": str(self.inside), "KMAAS_ATTACK_ABSTRACT": abstract,
                       "KMAAS_ATTACK_CONFIGURATION": str(self.server.config_path), "KMAAS_ATTACK_PORT": str(self.listener.getsockname()[1])}
        # Not by the configuration, which would make it readable.
        self.server.environment["KMAAS_ATTACK_OUTSIDE"] = str(self.outside)
        self.server.overrides = {"hsm": {"module": str(ATTACKER), "environment": environment, "isolation": isolation}, "siem": siem, "confinement": confinement,
                                 "health": {"interval_ms": 200}}
        self.server.make_token()
        self.server.write_config()
        self.server.init()
        self.inside.mkdir()
        (self.inside / "own").write_text("own")
        self.server.start()

    def log(self):
        return self.server.log_path.read_text()

    def attack(self):
        if self.server.overrides["confinement"].get("mode") != "off":
            assert until(lambda: CONFINED in self.log())
        (self.inside / "begin").touch()
        assert self.use(), "the server does not serve"
        assert until((self.inside / "outcomes").exists)
        lines = (line.split(" ", 2) for line in (self.inside / "outcomes").read_text().splitlines())
        return {action: state == "refused" for state, _, action in lines}

    def use(self):
        kms = self.server.boto3()
        arn = kms.create_key()["KeyMetadata"]["Arn"]
        return kms.decrypt(CiphertextBlob=kms.encrypt(KeyId=arn, Plaintext=b"x")["CiphertextBlob"])["Plaintext"] == b"x"


def done(outcomes):
    return {action for action, refused in outcomes.items() if not refused}


class Attacker(unittest.TestCase):
    def test_is_refused_everything_and_seen_in_the_log(self):
        attacked = Attacked(self, {"mode": "required"})
        outcomes = attacked.attack()
        self.assertEqual(done(outcomes), set())
        self.assertGreaterEqual(len(outcomes), ACTIONS_MIN)
        self.assertTrue(until(lambda: any('"execve"' in line for line in attacked.server.refused_calls())))
        self.assertTrue((attacked.outside / "victim").exists() and not (attacked.outside / "made").exists())
        self.assertTrue(attacked.use())
        print(f"{len(outcomes)} actions, all refused")

    def test_is_refused_everything_in_a_worker_too(self):
        attacked = Attacked(self, {"mode": "required"}, "process")
        # A worker may write nothing of the server's; here it says how it went.
        attacked.server.stop()
        attacked.server.overrides["confinement"]["writable"] = [str(attacked.inside)]
        attacked.server.write_config()
        attacked.server.start()
        outcomes = attacked.attack()
        self.assertGreaterEqual(len(outcomes), ACTIONS_MIN)
        self.assertEqual(done(outcomes), set())
        self.assertTrue(attacked.use())

    def test_would_succeed_without_confinement(self):
        attacked = Attacked(self, {"mode": "off"})
        outcomes = attacked.attack()
        self.assertGreaterEqual(len(done(outcomes)), ACTIONS_MIN, [action for action in outcomes if action not in done(outcomes)])
        self.assertIn("not_confined", attacked.log())
        print(f"{len(done(outcomes))} of {len(outcomes)} actions succeed")

    def test_finds_what_was_opened_by_mistake(self):
        attacked = Attacked(self, {"system_calls": ["memfd_create"], "connect_ports": [1]})
        attacked.server.stop()
        attacked.server.overrides["confinement"]["connect_ports"] = [attacked.listener.getsockname()[1]]
        attacked.server.overrides["confinement"]["readable"] = [str(attacked.outside)]
        attacked.server.write_config()
        attacked.server.start()
        self.assertEqual(done(attacked.attack()), {"memory as a file to run", "connect to whom no setting names", "read a file outside",
                                                   "list a directory outside"})


def status_of(server):
    text = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)


def threads_of(server):
    return [dict(line.split(":\t", 1) for line in (task / "status").read_text().splitlines() if ":\t" in line)
            for task in pathlib.Path(f"/proc/{server.process.pid}/task").iterdir()]


class ServerProcess(unittest.TestCase):
    def started(self, overrides=None, user=None):
        server = Server(overrides=overrides)
        self.addCleanup(server.__exit__)
        server.make_token()
        server.write_config()
        server.init()
        if user is not None:
            self.give(server, user)
        return server

    def give(self, server, user):
        subprocess.run(["chown", "-R", user, str(server.directory)], check=True)

    def test_has_no_power_in_any_of_its_threads(self):
        server = self.started().start()
        self.assertTrue(until(lambda: CONFINED in server.log_path.read_text()))
        for thread in threads_of(server):
            for name in ("CapEff", "CapPrm", "CapInh", "CapAmb", "CapBnd"):
                self.assertEqual(int(thread[name], 16), 0, (name, thread["Name"]))
            self.assertEqual((thread["NoNewPrivs"], thread["Seccomp"]), ("1", "2"), thread["Name"])
        limits = pathlib.Path(f"/proc/{server.process.pid}/limits").read_text()
        self.assertRegex(limits, r"Max core file size +0 +0 ")
        allowed = int(re.search(r'"allowed":"?(\d+)', server.log_path.read_text()).group(1))
        self.assertLessEqual(allowed, CALLS_MAX)
        print(f"{allowed} system calls are allowed")

    def mappings_out_of_dumps(self, server):
        """The flags of each, but for the kernel's own."""
        text = pathlib.Path(f"/proc/{server.process.pid}/smaps").read_text()
        for part in re.split(r"(?m)^(?=[0-9a-f]+-[0-9a-f]+ )", text)[1:]:
            flags = re.search(r"^VmFlags: (.*)$", part, re.MULTILINE).group(1).split()
            if "dd" in flags and "[v" not in part.splitlines()[0]:
                yield flags, part

    def test_locks_its_secrets_and_keeps_them_out_of_dumps(self):
        server = self.started({"process": {"user": USER}}, USER).start()
        kms = server.boto3()
        kms.encrypt(KeyId=kms.create_key()["KeyMetadata"]["Arn"], Plaintext=b"x")
        mappings = list(self.mappings_out_of_dumps(server))
        self.assertTrue(mappings)
        for flags, mapping in mappings:
            self.assertIn("lo", flags, mapping)
        self.assertNotIn("secrets_not_locked", server.log_path.read_text())

    def test_says_when_secrets_cannot_be_locked(self):
        server = self.started({"health": {"interval_ms": 200}}, USER)
        with open(server.log_path, "ab") as log:
            server.process = subprocess.Popen([str(BUILD / "bin/kmaasd"), "--config", str(server.config_path)], user=USER, stdout=log, stderr=log,
                                              env=server.environment, stdin=subprocess.DEVNULL,
                                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0)))
        server.wait_until_ready()
        self.assertTrue(until(lambda: "secrets_not_locked" in server.log_path.read_text()))
        self.assertTrue(any("lo" not in flags for flags, _ in self.mappings_out_of_dumps(server)))

    def test_becomes_the_user_that_is_configured(self):
        server = self.started({"process": {"user": USER, "pid_file": "kmaasd.pid"}}, USER).start()
        number = str(pwd.getpwnam(USER).pw_uid)
        self.assertEqual(status_of(server)["Uid"].split(), [number] * 4)
        self.assertEqual(int(status_of(server)["CapEff"], 16), 0)
        # Whoever is nobody can neither trace nor read it.
        refused = subprocess.run(["cat", f"/proc/{server.process.pid}/environ"], user=USER, capture_output=True, check=False)
        self.assertNotEqual(refused.returncode, 0)
        kms = server.boto3()
        kms.encrypt(KeyId=kms.create_key()["KeyMetadata"]["Arn"], Plaintext=b"x")
        # It sees itself all the same.
        with urllib.request.urlopen(f"http://127.0.0.1:{server.metrics_port}/metrics", timeout=10) as page:
            self.assertRegex(page.read().decode(), r"(?m)^process_open_fds [1-9]")
        self.assertEqual(server.stop(), 0)

    def refusal(self, server, **options):
        ended = subprocess.run([str(BUILD / "bin/kmaasd"), "--config", str(server.config_path)], env=server.environment, timeout=60,
                               stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **options)
        self.assertEqual(ended.returncode, 1, ended.stderr)
        return ended.stderr

    def test_does_not_serve_anothers_data_as_root(self):
        server = self.started(user=USER)
        self.assertIn(f"set process.user to {USER}", self.refusal(server))

    def test_says_when_it_cannot_become_somebody(self):
        server = self.started({"process": {"user": "kmaas-is-not-here"}})
        self.assertIn("there is no user kmaas-is-not-here", self.refusal(server))
        server.overrides = {"process": {"user": "daemon"}}
        server.write_config()
        self.give(server, USER)
        self.assertIn("only root can become daemon", self.refusal(server, user=USER))

    def test_names_a_system_call_that_is_none(self):
        server = self.started()
        server.overrides = {"confinement": {"system_calls": ["frobnicate"]}}
        server.write_config()
        self.assertRegex(self.refusal(server), r"confinement\.system_calls.*frobnicate")

    def test_listens_at_a_low_port_as_an_ordinary_user(self):
        server = self.started({"process": {"user": USER}, "metrics": {"port": 981}}, USER).start()
        self.assertEqual(int(status_of(server)["CapEff"], 16), 1 << 10)  # CAP_NET_BIND_SERVICE
        socket.create_connection(("127.0.0.1", 981)).close()

    def test_says_that_memory_may_be_dumped(self):
        server = self.started({"process": {"core_dumps": True}}).start()
        self.assertIn("memory_may_be_dumped", server.log_path.read_text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
