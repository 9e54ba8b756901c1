"""A server over several HSMs: clones of one SoftHSM token, each behind a copy of the shim and of SoftHSM of its own."""

import os
import pathlib
import secrets
import shutil

import hsm_shim
from server import Server, softhsm_module

NAMES = ("hsm-a", "hsm-b")


class GroupServer(Server):
    """`plans` has the plan of each member by its name."""

    def __init__(self, overrides=None, spread="key"):
        super().__init__(overrides)
        self.spread = spread
        self.serials, self.plans = {}, {}

    def make_token(self):
        super().make_token()
        first = next((self.directory / "tokens").iterdir())
        self.serials["hsm-a"] = first.name.replace("-", "")[-16:]
        for name in NAMES[1:]:
            self.serials[name] = secrets.token_hex(8)
        for name in NAMES:
            module = self.module(name)
            shutil.copy(hsm_shim.SHIM, module)
            shutil.copy(softhsm_module(), f"{module}.module")
            self.plans[name] = hsm_shim.Plan(pathlib.Path(f"{module}.plan"))
        # The plans are in it.
        self.overrides = {"confinement": {"writable": [str(self.directory)]}, **self.overrides, "hsm": {"spread": self.spread, "tokens": [
            {"name": name, "module": str(self.module(name)), "serial": serial} for name, serial in self.serials.items()]}}

    def module(self, name):
        return self.directory / f"{name}.so"

    def init(self):
        super().init()
        for name in NAMES[1:]:
            self.clone("hsm-a", self.serials[name])

    def token(self, name):
        serial = self.serials[name]
        return next(path for path in (self.directory / "tokens").iterdir() if path.name.endswith(f"{serial[:4]}-{serial[4:]}"))

    def clone(self, name, serial):
        """What an HSM's own tools do between two of its kind."""
        to = self.directory / "tokens" / f"00000000-0000-0000-{serial[:4]}-{serial[4:]}"
        shutil.copytree(self.token(name), to, dirs_exist_ok=True)
        text = (to / "token.object").read_bytes()
        (to / "token.object").write_bytes(text.replace(self.serials[name].encode(), serial.encode()))
        os.chmod(to, 0o700)
        # By which a SoftHSM that has the token open sees that there is something new: it may happen to be the number that it knows.
        counter = to / "generation"
        counter.write_bytes((int.from_bytes(counter.read_bytes(), "big") + 1000).to_bytes(8, "big"))

    def take_away(self, name):
        self.plans[name].begin(hsm_shim.REFUSAL, hsm_shim.DEVICE_REMOVED)

    def bring_back(self, name):
        self.plans[name].end()
