"""A virtual MFA device's codes (RFC 6238), as an app on a telephone shows them."""

import base64
import hashlib
import hmac
import struct
import time

from server import until

STEP_SECONDS = 30


def totp(seed, step):
    mac = hmac.new(base64.b32decode(seed + "=" * (-len(seed) % 8)), struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06}"


class Authenticator:
    """Never shows the same code twice."""

    def __init__(self, seed):
        self.seed = seed
        self.used = 0

    def next(self):
        """The server takes the step before, the present one and the next; each of them once."""
        self.used = max(self.used + 1, int(time.time()) // STEP_SECONDS - 1)
        if not until(lambda: self.used <= int(time.time()) // STEP_SECONDS + 1, 2 * STEP_SECONDS):
            raise RuntimeError("the clock stands still")
        return totp(self.seed, self.used)
