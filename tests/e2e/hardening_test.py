"""Goal: programs are built, and the service is run, as hardened as the machine allows. Method: what readelf, objdump and systemd-analyze
say; the checks of programs are first shown one that is built without all of it. The unit's filter of system calls is laid around a
real server as systemd would."""

import ctypes
import errno
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import unittest

from server import BUILD, SOURCE, Server, until

PROGRAMS = ("kmaasd", "kmaas")
UNIT = SOURCE / "deploy/systemd/kmaasd.service"
USER, USER_GROUP = "nobody", "nogroup"
EXPOSURE_MAX_TENTHS = 15
ALL = {"position independent", "full RELRO", "no executable stack", "no memory to write and run", "stack protector", "fortified",
       "branch targets marked"}


def said(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True).stdout


def hardening(program):
    headers, segments, dynamic = said("readelf", "-hW", program), said("readelf", "-lW", program), said("readelf", "-dW", program)
    symbols = said("nm", "-D", program)
    entry = said("objdump", "-d", "--no-show-raw-insn", "--disassemble=main", program)
    loads = re.findall(r"^ +LOAD .* (R?W?E?[RWE ]*) 0x[0-9a-f]+$", segments, re.MULTILINE)
    return {name for name, holds in {
        "position independent": "Position-Independent Executable" in headers,
        "full RELRO": "GNU_RELRO" in segments and "BIND_NOW" in dynamic,
        "no executable stack": re.search(r"GNU_STACK .* RW +0x", segments) is not None,
        "no memory to write and run": bool(loads) and not any("W" in load and "E" in load for load in loads),
        "stack protector": "__stack_chk_fail" in symbols,
        "fortified": re.search(r"__(?!stack_chk)\w+_chk@", symbols) is not None,
        "branch targets marked": re.search(r"<main>:\n.*endbr64", entry) is not None}.items() if holds}


class Programs(unittest.TestCase):
    def test_have_all_of_it(self):
        for program in PROGRAMS:
            self.assertEqual(ALL - hardening(BUILD / "bin" / program), set(), program)

    def test_show_what_one_of_them_lacks(self):
        directory = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, directory)
        (directory / "soft.c").write_text("int main(void) { return 0; }\n")
        subprocess.run(["gcc", "-no-pie", "-fcf-protection=none", "-fno-stack-protector", "-U_FORTIFY_SOURCE", "-Wl,-z,norelro",
                        "-Wl,-z,execstack", "-nostdlib", "-static", "-Wl,-N", "-Wl,-e,main", "-o", directory / "soft", directory / "soft.c"], check=True, capture_output=True)
        self.assertEqual(hardening(directory / "soft"), set())


def is_exposed(unit):
    command = ["systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSURE_MAX_TENTHS}", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode != 0, done.stdout + done.stderr


def calls_of(words):
    """The system calls that a list of names and sets means; sets are systemd's own."""
    for word in words:
        if not word.startswith("@"):
            yield word
            continue
        lines = (line.strip() for line in said("systemd-analyze", "syscall-filter", word).splitlines()[1:])
        yield from calls_of(line for line in lines if line and not line.startswith("#"))


def filter_of(unit):
    """What SystemCallFilter= allows: the first line opens, one with a tilde takes away."""
    allowed = set()
    for words in re.findall(r"^SystemCallFilter=(.*)$", unit, re.MULTILINE):
        if words.startswith("~"):
            allowed -= set(calls_of(words[1:].split()))
        else:
            allowed |= set(calls_of(words.split()))
    return sorted(allowed | set(calls_of(["@default"])))


def confine_to(names):
    """For the calling process, by libseccomp; what is refused fails with EPERM, as in the unit."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    allow, refuse = 0x7FFF0000, 0x00050000 | errno.EPERM
    made = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(refuse)))
    for name in [*names, "execve"]:  # systemd has done that one
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0 and library.seccomp_rule_add(made, ctypes.c_uint32(allow), number, 0) != 0:
            raise OSError(f"no rule for {name}")
    if library.seccomp_load(made) != 0:
        raise OSError("the filter cannot be loaded")


class Unit(unittest.TestCase):
    def setUp(self):
        if shutil.which("systemd-analyze") is None:
            self.skipTest("systemd-analyze is not there")

    def test_exposes_little(self):
        exposed, text = is_exposed(UNIT)
        self.assertFalse(exposed, text)
        print(next(line for line in text.splitlines() if "Overall" in line))

    def test_is_seen_when_it_exposes_more(self):
        directory = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, directory)
        text = UNIT.read_text()
        for setting in ("CapabilityBoundingSet=\n", "ProtectSystem=strict\n", "PrivateUsers=yes\n"):
            self.assertIn(setting, text)
            text = text.replace(setting, "")
        (directory / UNIT.name).write_text(text)
        self.assertTrue(is_exposed(directory / UNIT.name)[0])

    def started_by(self, unit):
        """A server within the filter, as an ordinary user and told to confine itself; what it answers to its manager."""
        server = Server(overrides={"confinement": {"mode": "required"}})
        self.addCleanup(server.__exit__)
        server.make_token()
        server.write_config()
        server.init()
        subprocess.run(["chown", "-R", USER, str(server.directory)], check=True)
        names = filter_of(unit)
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.bind(str(server.directory / "notify"))
        subprocess.run(["chown", USER, str(server.directory / "notify")], check=True)
        manager.settimeout(60)
        with open(server.log_path, "ab") as log:
            server.process = subprocess.Popen([str(BUILD / "bin/kmaasd"), "--config", str(server.config_path)], user=USER, group=USER_GROUP,
                                              env=dict(server.environment, NOTIFY_SOCKET=str(server.directory / "notify")), stdout=log,
                                              stderr=log, stdin=subprocess.DEVNULL, preexec_fn=lambda: confine_to(names))
        return server, manager

    def test_starts_the_server_and_hears_of_it(self):
        server, manager = self.started_by(UNIT.read_text())
        self.assertEqual(manager.recv(100), b"READY=1", server.log_path.read_text())
        kms = server.boto3()
        blob = kms.encrypt(KeyId=kms.create_key()["KeyMetadata"]["Arn"], Plaintext=b"x")["CiphertextBlob"]
        self.assertEqual(kms.decrypt(CiphertextBlob=blob)["Plaintext"], b"x")
        self.assertEqual(server.stop(), 0)
        self.assertEqual(manager.recv(100), b"STOPPING=1")
        self.assertNotIn("refused", server.log_path.read_text())

    def test_needs_its_calls_for_that(self):
        server, _ = self.started_by(UNIT.read_text().replace(" landlock_restrict_self", ""))
        self.assertTrue(until(lambda: server.process.poll() is not None))
        self.assertIn("Landlock", server.log_path.read_text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
