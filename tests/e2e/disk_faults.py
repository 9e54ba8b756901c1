"""Calls of a server upon its files that fail: what tests say to tests/e2e/failing_calls.cc."""

import contextlib
import errno
import mmap
import struct

from server import BUILD

SHORT = -1
EVERY = (1 << 64) - 1
WRITES, FLUSHES, CHANGES = 1, 2, 4
ERRORS = {"EIO": errno.EIO, "ENOSPC": errno.ENOSPC, "EINTR": errno.EINTR, "short": SHORT}
FORM = "=QQQqQQ64s64s"
# Which part a path has, and which it has not. By what they are for.
FILES = {
    "database": (b"/kmaas.db", b"-wal"),
    "wal": (b"/kmaas.db-wal", b""),
    "rows": (b"/kmaas.db.rows", b""),
    "audit": (b"/audit/audit-", b".index"),
    "seals": (b"/audit/seals-", b""),
    "index": (b".index", b""),
    "spool": (b"/siem/", b""),
}


class Faults:
    """Before the server starts: `Faults(server)`; afterwards `arm` and `heal`."""

    def __init__(self, server):
        path = server.directory / "faults"
        path.write_bytes(bytes(struct.calcsize(FORM)))
        self.file = open(path, "r+b")
        self.memory = mmap.mmap(self.file.fileno(), 0)
        server.environment.update(LD_PRELOAD=str(BUILD / "tests/libfailing_calls.so"), KMAAS_TEST_FAULTS=str(path))
        # By which the library sees what is written to.
        server.overrides.setdefault("confinement", {})["system_calls"] = ["readlink"]

    def arm(self, what, error, first=1, last=None, kinds=WRITES | FLUSHES | CHANGES):
        """The calls `first` to `last` upon files of this kind, counted from now, fail; without `last` that one alone."""
        within, without = FILES[what]
        self.memory[:] = struct.pack(FORM, 0, first, last or first, ERRORS[error], 0, kinds, within, without)

    def heal(self):
        """Answers how many calls have failed."""
        failed, = struct.unpack_from("=Q", self.memory, 32)
        calls, = struct.unpack_from("=Q", self.memory, 0)
        self.memory[:] = bytes(struct.calcsize(FORM))
        self.calls = calls
        return failed

    def failed(self):
        return struct.unpack_from("=Q", self.memory, 32)[0]

    def close(self):
        self.memory.close()
        self.file.close()


@contextlib.contextmanager
def faults_of(server):
    """The server's files and, when it ends, what kept them in memory."""
    faults = Faults(server)
    try:
        yield faults
    finally:
        faults.close()
