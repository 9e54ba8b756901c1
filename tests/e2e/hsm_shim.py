"""The shim of tests/shim in front of a server's HSM, and its plan (tests/shim/plan.h) in the hands of a test."""

import mmap
import os
import re
import struct

from server import BUILD, SOURCE, Server, softhsm_module

SHIM = BUILD / "tests/shim/libhsm_faults.so"
FUNCTIONS = re.findall(r"X\((C_\w+)\)", (SOURCE / "tests/shim/functions.inc").read_text())
EVERY = 0xFFFFFFFF
REFUSAL, LOST_ANSWER, SLOW, HANG, FLIPPED_BIT, STUCK_BIT, CRASH, LEAK = range(1, 9)
ALWAYS = 2**64 - 1
DEVICE_REMOVED, PIN_LOCKED = 0x32, 0xA4
_SEEN, _INJECTED, _HANGING, _CALLS = 40, 48, 56, 64


class Plan:
    def __init__(self, path):
        self.path = path
        with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            file.truncate(_CALLS + 8 * len(FUNCTIONS))
            self.bytes = mmap.mmap(file.fileno(), 0)
        self.orders = 0

    def begin(self, fault, argument=0, function=None, first=1, last=ALWAYS):
        self.end()
        self.orders += 1
        place = EVERY if function is None else FUNCTIONS.index(function)
        struct.pack_into("=IIIQQQQQ", self.bytes, 4, place, fault, 0, argument, first, last, 0, 0)
        struct.pack_into("=I", self.bytes, 0, self.orders)

    def end(self):
        struct.pack_into("=I", self.bytes, 0, 0)
        return self._number(_INJECTED)

    def hanging(self):
        return self._number(_HANGING)

    def seen(self):
        """Calls since begin() that it was about."""
        return self._number(_SEEN)

    def calls(self, function):
        return self._number(_CALLS + 8 * FUNCTIONS.index(function))

    def _number(self, offset):
        return struct.unpack_from("=Q", self.bytes, offset)[0]


class FaultyServer(Server):
    def __init__(self, overrides=None):
        super().__init__({"hsm": {"module": str(SHIM)}, **(overrides or {})})
        self.plan = Plan(self.directory / "hsm.plan")
        self.overrides.setdefault("confinement", {}).setdefault("writable", []).append(str(self.plan.path))
        self.environment.update(KMAAS_SHIM_PLAN=str(self.plan.path), KMAAS_SHIM_MODULE=softhsm_module())
