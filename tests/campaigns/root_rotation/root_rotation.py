#!/usr/bin/python3
"""Goal: while roots are rotated under load, and the server is killed at random points of the rewrapping, no key becomes unusable; afterwards the old
roots are destroyed, and everything that was encrypted, signed or authenticated before opens and verifies.

Method: keys of every kind, each with a witness (a ciphertext, a MAC, a signature) of the time before. Callers use keys, make new ones and rotate some
meanwhile. As soon as a rotation is settled the next generation is made and taken into use, so that each kill falls into a rewrapping. At the end all old
generations are retired, and every witness and every key is tried. The seed is printed.

    root_rotation.py [--keys N] [--kills N] [--callers N] [--seed N] [--plant roots-gone]

The plant takes the files of the oldest roots away in the middle of a rotation, as a retirement would that does not look. It wants so many keys that the first kill falls into
the first rotation.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time

TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TESTS / "e2e"), str(TESTS / "api")]
from golden_cases import AwsJson  # noqa: E402
from metrics import read, value  # noqa: E402
from server import BUILD, Server, pause, until  # noqa: E402

# Spec, usage and how many of ten. Debian's boto3 knows no key agreement: tests/component/hsm/root_generations_test.cc has it.
KINDS = [("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", 5), ("HMAC_256", "GENERATE_VERIFY_MAC", 2), ("ECC_NIST_P256", "SIGN_VERIFY", 2),
         ("ECC_SECG_P256K1", "SIGN_VERIFY", 1)]
RSA_KEYS = 2
PEOPLE = ("alice", "bob")
SETTLE_SECONDS_MAX = 900
# Of SoftHSM: the first objects that a ceremony keeps are the roots.
ROOTS = 5
FIRST_NEW = 2


def kinds(count):
    ten = [(spec, usage) for spec, usage, of_ten in KINDS for _ in range(of_ten)]
    rsa = [("RSA_2048", "SIGN_VERIFY"), ("RSA_2048", "ENCRYPT_DECRYPT")][:RSA_KEYS]
    return rsa + [ten[i % len(ten)] for i in range(max(count - len(rsa), 0))]


class Witness:
    """What a key did before; `check` says whether it still is that key."""

    def __init__(self, kms, arn, spec, usage):
        self.arn, self.spec, self.usage = arn, spec, usage
        self.text = os.urandom(16)
        if usage == "ENCRYPT_DECRYPT":
            self.algorithm = "SYMMETRIC_DEFAULT" if spec == "SYMMETRIC_DEFAULT" else "RSAES_OAEP_SHA_256"
            self.made = kms.encrypt(KeyId=arn, Plaintext=self.text, EncryptionAlgorithm=self.algorithm)["CiphertextBlob"]
        elif usage == "GENERATE_VERIFY_MAC":
            self.made = kms.generate_mac(KeyId=arn, Message=self.text, MacAlgorithm="HMAC_SHA_256")["Mac"]
        else:
            self.algorithm = "RSASSA_PSS_SHA_256" if spec.startswith("RSA") else "ECDSA_SHA_256"
            self.made = kms.sign(KeyId=arn, Message=self.text, SigningAlgorithm=self.algorithm)["Signature"]

    def check(self, kms):
        if self.usage == "ENCRYPT_DECRYPT":
            return kms.decrypt(KeyId=self.arn, CiphertextBlob=self.made, EncryptionAlgorithm=self.algorithm)["Plaintext"] == self.text
        if self.usage == "GENERATE_VERIFY_MAC":
            return kms.generate_mac(KeyId=self.arn, Message=self.text, MacAlgorithm="HMAC_SHA_256")["Mac"] == self.made
        # The public half is used in the process: only a new signature shows that the private one is there.
        new = kms.sign(KeyId=self.arn, Message=self.text, SigningAlgorithm=self.algorithm)["Signature"]
        verify = lambda signature: kms.verify(KeyId=self.arn, Message=self.text, Signature=signature,  # noqa: E731
                                              SigningAlgorithm=self.algorithm)["SignatureValid"]
        return verify(new) and verify(self.made)


class Campaign:
    def __init__(self, arguments, server):
        self.arguments, self.server = arguments, server
        self.dice = random.Random(arguments.seed)
        self.witnesses, self.lock = [], threading.Lock()
        self.calls = self.cut_short = self.wrong = self.generations = 0
        self.loading = threading.Event()
        self.ending = threading.Event()
        self.in_the_middle = 0  # kills with keys left under old roots

    def client(self, service="kms"):
        return self.server.boto3(service)

    # --- before -----------------------------------------------------------------------------------------------------
    def make_keys(self):
        wanted = kinds(self.arguments.keys)
        self.consenters = [self.person(name) for name in PEOPLE]

        def work(share):
            kms = self.client()
            for spec, usage in share:
                self.make_key(kms, spec, usage)
        threads = [threading.Thread(target=work, args=(wanted[i::4],)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(self.witnesses) == len(wanted), f"{len(self.witnesses)} of {len(wanted)} keys were made"

    def make_key(self, kms, spec, usage):
        arn = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["Arn"]
        witness = Witness(kms, arn, spec, usage)
        with self.lock:
            self.witnesses.append(witness)

    def person(self, name):
        iam = self.client("iam")
        iam.create_user(UserName=name)
        allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kmaas:RetireRoot", "Resource": "*"}]}
        iam.put_user_policy(UserName=name, PolicyName="retire", PolicyDocument=json.dumps(allowed))
        return iam.create_access_key(UserName=name)["AccessKey"]

    # --- under load -------------------------------------------------------------------------------------------------
    def load(self, seed):
        dice, kms = random.Random(seed), self.client()
        while not self.ending.is_set():
            if not self.loading.wait(0.2):
                continue
            try:
                self.one_call(dice, kms)
            except Exception:  # noqa: BLE001 killed, or about to be
                with self.lock:
                    self.cut_short += 1
                pause(0.02)

    def one_call(self, dice, kms):
        with self.lock:
            witness = dice.choice(self.witnesses)
            self.calls += 1
        chance = dice.random()
        if chance < 0.04:
            self.make_key(kms, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
        elif chance < 0.05 and witness.spec == "SYMMETRIC_DEFAULT":
            AwsJson(self.server).call("RotateKeyOnDemand", {"KeyId": witness.arn})
        elif not witness.check(kms):
            with self.lock:
                self.wrong += 1

    # --- the rotation -----------------------------------------------------------------------------------------------
    def status(self):
        done = self.server.kmaas("root", "status", "--json", check=False)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def add(self):
        added = self.server.kmaas("root", "add", "--so-pin-file", self.server.directory / "so.pin", "--json")
        self.generations = json.loads(added.stdout)["generation"]

    def add_and_rotate(self):
        self.add()
        os.kill(self.server.process.pid, signal.SIGUSR1)
        if not until(self.under_way, 60):
            raise RuntimeError("the rotation does not begin")

    def settle(self):
        began = time.monotonic()
        if not until(lambda: not self.under_way(), SETTLE_SECONDS_MAX):
            raise RuntimeError(f"the rotation does not settle: {self.status()}")
        return time.monotonic() - began

    def under_way(self):
        return value(read(self.server), "kmaas_root_rotation_under_way") == 1

    def kill_once(self, number):
        if not self.under_way():
            self.add_and_rotate()
        pause(self.dice.uniform(0, self.span))
        self.loading.clear()
        self.server.kill()
        in_the_middle = self.status()["materials_left"] > 0
        self.in_the_middle += in_the_middle
        if self.arguments.plant == "roots-gone" and self.generations == FIRST_NEW and in_the_middle:
            self.lose_roots()
        try:
            self.server.start()
        except RuntimeError as failure:
            return f"kill {number}: {str(failure)[-400:]}"
        self.loading.set()
        return None

    def lose_roots(self):
        token = next((self.server.directory / "tokens").iterdir())
        for path in sorted(token.glob("*-*.object"), key=lambda path: path.stat().st_mtime_ns)[:ROOTS]:
            path.unlink()

    def measure(self):
        """How long a rewrapping takes that nothing disturbs: the kills fall into such a span."""
        self.add()
        began = time.monotonic()
        os.kill(self.server.process.pid, signal.SIGUSR1)
        wanted = len(self.witnesses)
        if not until(lambda: value(read(self.server), "kmaas_root_rewrapped_total") >= wanted, SETTLE_SECONDS_MAX):
            raise RuntimeError("the first rewrapping does not end")
        self.span = max(time.monotonic() - began, 0.2)
        print(f"{wanted} keys rewrapped in {self.span:.1f} s", flush=True)

    def run(self):
        self.make_keys()
        threads = [threading.Thread(target=self.load, args=(self.dice.random(),)) for _ in range(self.arguments.callers)]
        for thread in threads:
            thread.start()
        failures = []
        try:
            self.loading.set()
            if self.arguments.plant:
                self.span = 0.05
            else:
                self.measure()
            for number in range(self.arguments.kills):
                failure = self.kill_once(number)
                if failure:
                    failures.append(failure)
                    break
                if number % 10 == 9:
                    print(f"{number + 1} kills, generation {self.generations}, {self.calls} calls", flush=True)
            if not failures and not self.arguments.plant:
                self.settle()
        finally:
            self.ending.set()
            self.loading.set()
            for thread in threads:
                thread.join()
        return failures

    # --- afterwards -------------------------------------------------------------------------------------------------
    def consent(self, person, generation):
        path = self.server.directory / f"{person['UserName']}-{generation}.consent"
        environment = dict(self.server.environment, AWS_ACCESS_KEY_ID=person["AccessKeyId"], AWS_SECRET_ACCESS_KEY=person["SecretAccessKey"])
        subprocess.run([str(BUILD / "bin/kmaas"), "root", "consent", str(generation), "--config", str(self.server.config_path), "--out", str(path),
                        "--reason", "campaign"], env=environment, stdin=subprocess.DEVNULL, check=True, timeout=120, capture_output=True)
        return path

    def retire_all(self):
        self.server.stop()
        status = self.status()
        for generation in status["generations_in_token"]:
            if generation == status["generation_in_use"]:
                continue
            consents = [part for person in self.consenters for part in ("--consent", self.consent(person, generation))]
            self.server.kmaas("root", "retire", generation, *consents, "--even-though-backups-need-it")
        left = self.status()["generations_in_token"]
        self.server.start()
        return left

    def unusable(self):
        kms, found = self.client(), []
        for witness in self.witnesses:
            try:
                if not witness.check(kms):
                    found.append((witness.arn, "another key"))
            except Exception as failure:  # noqa: BLE001 each counts
                found.append((witness.arn, str(failure)))
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=300)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--callers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2 ** 32))
    parser.add_argument("--plant", choices=["roots-gone"])
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    with Server() as server:
        campaign = Campaign(arguments, server)
        failures = campaign.run()
        left = [] if failures or arguments.plant else campaign.retire_all()
        unusable = [] if failures else campaign.unusable()
        status = campaign.status() or {}
    for failure in failures + [f"{arn}: {why}" for arn, why in unusable[:5]]:
        print(failure)
    as_promised = not failures and not unusable and not campaign.wrong
    if not arguments.plant:
        as_promised = as_promised and left == [status["generation_in_use"]] and status["materials_left"] == 0
    print(f"{arguments.kills} kills, {campaign.in_the_middle} with keys under old roots, over {campaign.generations} generations: {len(campaign.witnesses)} keys, {len(unusable)} unusable, "
          f"{campaign.wrong} wrong answers, {campaign.calls} calls under load ({campaign.cut_short} cut short); roots left: {left}")
    print("as promised" if as_promised else "NOT AS PROMISED")
    return 0 if as_promised else 1


if __name__ == "__main__":
    sys.exit(main())
