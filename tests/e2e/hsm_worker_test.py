"""Goal: a PKCS#11 module in a worker takes nothing down: the server stays up, is whole again within a second, only calls in flight fail.

Method: SIGSEGV to the worker, a call that hangs, memory that leaks, under a load of encryption, decryption, signatures, MACs and data keys. KMAAS_WORKER_CRASHES says how
often the worker dies (3), KMAAS_WORKER_LEAKS how often it is replaced (2). `--plant` names a server that is wrong on purpose, which the test must find:
in-process (the module runs in the server), impatient (a hung call is never cut short).
"""

import json
import os
import pathlib
import signal
import sys
import time
import unittest

import hsm_shim
import metrics
from hsm_faults_test import TEXT, Load
from server import until

CRASHES = int(os.environ.get("KMAAS_WORKER_CRASHES", "3"))
LEAKS = int(os.environ.get("KMAAS_WORKER_LEAKS", "2"))
PLANT = sys.argv.pop(sys.argv.index("--plant") + 1) if "--plant" in sys.argv else ""
sys.argv = [argument for argument in sys.argv if argument != "--plant"]
CALL_MAX_MS = 1000


def children(pid):
    return [int(one) for one in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class HsmWorker(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        hsm = {"module": str(hsm_shim.SHIM), "isolation": "process", "worker_memory_max_mib": 64,
               "worker_call_max_ms": 600_000 if PLANT == "impatient" else CALL_MAX_MS}
        if PLANT == "in-process":
            hsm = {"module": str(hsm_shim.SHIM)}
        cls.server = hsm_shim.FaultyServer({"hsm": hsm, "health": {"interval_ms": 1000}})
        # The shim's plan lies beside the configuration, where modules have nothing to write.
        cls.server.overrides["confinement"] = {"writable": [str(cls.server.directory)]}
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.plan = cls.server.plan
        kms = cls.kms = cls.server.boto3()
        make = lambda **how: kms.create_key(**how)["KeyMetadata"]["KeyId"]  # noqa: E731
        cls.keys = {"symmetric": make(), "signer": make(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY"),
                    "hmac": make(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")}
        cls.keys["ciphertext"] = kms.encrypt(KeyId=cls.keys["symmetric"], Plaintext=TEXT)["CiphertextBlob"]
        cls.keys["mac"] = kms.generate_mac(KeyId=cls.keys["hmac"], Message=TEXT, MacAlgorithm="HMAC_SHA_256")["Mac"]

    def tearDown(self):
        self.plan.end()

    def worker(self):
        """Its process; the supervisor's child."""
        found = [worker for supervisor in children(self.server.process.pid) for worker in children(supervisor)]
        return found[0] if len(found) == 1 else None

    def restarts(self, reason):
        return metrics.value(metrics.read(self.server), "kmaas_hsm_worker_restarts_total", reason=reason)

    def expect_good(self, load):
        self.assertEqual(load.bad, [])
        self.assertIsNone(self.server.process.poll())
        for blob in load.sealed[-200:]:
            self.assertEqual(self.kms.decrypt(CiphertextBlob=blob)["Plaintext"], TEXT)

    def warm(self, load):
        before = load.right
        self.assertTrue(until(lambda: load.right > before + 20))

    def test_a_crash_takes_only_the_calls_in_flight(self):
        slowest, refused = 0.0, 0
        with Load(self.server, self.keys) as load:
            for _ in range(CRASHES):
                self.warm(load)
                worker, before = self.worker(), sum(load.refused.values())
                self.assertIsNotNone(worker, "there is no worker")
                os.kill(worker, signal.SIGSEGV)
                gone = time.monotonic()
                # Not by answers that were on their way.
                self.assertTrue(until(lambda: self.worker() not in (None, worker)))  # noqa: B023
                self.warm(load)
                slowest = max(slowest, time.monotonic() - gone)
                refused = max(refused, sum(load.refused.values()) - before)
        self.expect_good(load)
        print(f"{CRASHES} crashes: twenty more calls answered after {slowest:.3f} s at the latest, at most {refused} calls refused at one, {load.right} answered")
        self.assertLessEqual(refused, len(load.threads))

    def test_a_call_that_hangs_is_cut_short(self):
        before = self.restarts("hung")
        with Load(self.server, self.keys) as load:
            self.warm(load)
            self.plan.begin(hsm_shim.HANG, function="C_Sign", first=1, last=1)
            self.assertTrue(until(lambda: self.plan.hanging() > 0))
            self.assertTrue(until(lambda: (self.restarts("hung") or 0) > before), "the hung call is not cut short")
            self.plan.end()
            self.warm(load)
        self.expect_good(load)

    def test_a_worker_that_leaks_is_replaced_and_nobody_notices(self):
        before = self.restarts("memory")
        with Load(self.server, self.keys) as load:
            for _ in range(LEAKS):
                self.warm(load)
                so_far = self.restarts("memory")
                self.plan.begin(hsm_shim.LEAK, 1024, "C_Sign")
                self.assertTrue(until(lambda: self.restarts("memory") > so_far))  # noqa: B023
                self.plan.end()
            self.warm(load)
        self.expect_good(load)
        self.assertEqual(load.refused, {})
        self.assertGreaterEqual(self.restarts("memory") - before, LEAKS)
        print(f"{LEAKS} replacements for memory: none of {load.right} calls refused, the longest took {load.longest:.3f} s")

    def test_workers_end_with_the_server(self):
        supervisor, worker = children(self.server.process.pid)[0], self.worker()
        self.server.kill()
        self.assertTrue(until(lambda: not any(pathlib.Path(f"/proc/{one}").exists() for one in (supervisor, worker))))
        self.server.start()
        self.assertEqual(self.kms.decrypt(CiphertextBlob=self.keys["ciphertext"])["Plaintext"], TEXT)

    @unittest.skipIf(os.geteuid() != 0, "only root sees what a process that hides its memory has mapped")
    def test_nobody_but_the_worker_has_the_module(self):
        def has(process):
            return hsm_shim.SHIM.name in pathlib.Path(f"/proc/{process}/maps").read_text()
        self.assertEqual([has(self.server.process.pid), has(children(self.server.process.pid)[0]), has(self.worker())], [False, False, True])


class SeveralHsmWorkers(unittest.TestCase):
    """Three ways to one token: one that ends leaves two, and together they try a PIN once."""

    def setUp(self):
        self.server = hsm_shim.FaultyServer({"hsm": {"module": str(hsm_shim.SHIM), "isolation": "process", "workers": 3}})
        self.server.overrides["confinement"] = {"writable": [str(self.server.directory)]}
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)
        kms = self.kms = self.server.boto3()
        make = lambda **how: kms.create_key(**how)["KeyMetadata"]["KeyId"]  # noqa: E731
        self.keys = {"symmetric": make(), "signer": make(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY"),
                     "hmac": make(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")}
        self.keys["ciphertext"] = kms.encrypt(KeyId=self.keys["symmetric"], Plaintext=TEXT)["CiphertextBlob"]
        self.keys["mac"] = kms.generate_mac(KeyId=self.keys["hmac"], Message=TEXT, MacAlgorithm="HMAC_SHA_256")["Mac"]

    def workers(self):
        return [worker for supervisor in children(self.server.process.pid) for worker in children(supervisor)]

    def members_up(self):
        return sum(metrics.value(metrics.read(self.server), "kmaas_hsm_member_up", member=f"kmaas/{number}") for number in (1, 2, 3))

    def test_the_end_of_one_is_not_noticed(self):
        self.assertEqual(len(self.workers()), 3)
        with Load(self.server, self.keys) as load:
            for turn in range(CRASHES):
                before, victim = load.right, self.workers()[turn % 3]
                self.assertTrue(until(lambda: load.right > before + 20))  # noqa: B023
                os.kill(victim, signal.SIGSEGV)
                self.assertTrue(until(lambda: victim not in self.workers() and len(self.workers()) == 3))  # noqa: B023
                self.assertTrue(until(lambda: self.members_up() == 3))
        self.assertEqual(load.bad, [])
        self.assertEqual(load.refused, {})
        print(f"{CRASHES} of three workers ended in turn: none of {load.right} calls refused, the longest took {load.longest:.3f} s")

    def test_every_worker_finds_a_resident_key(self):
        self.server.stop()
        self.server.overrides["keys"] = {"default_custody": "resident"}
        self.server.write_config()
        self.server.start()
        key = self.kms.create_key()["KeyMetadata"]["KeyId"]
        blob = self.kms.encrypt(KeyId=key, Plaintext=TEXT)["CiphertextBlob"]
        for victim in self.workers():
            os.kill(victim, signal.SIGSEGV)
            self.assertTrue(until(lambda: victim not in self.workers() and len(self.workers()) == 3))  # noqa: B023
            self.assertEqual(self.kms.decrypt(CiphertextBlob=blob)["Plaintext"], TEXT)

    def test_a_refused_pin_is_tried_once_by_all_of_them_together(self):
        before = self.server.plan.calls("C_Login")
        self.server.plan.begin(hsm_shim.REFUSAL, hsm_shim.PIN_LOCKED, "C_Login")
        for victim in self.workers():
            os.kill(victim, signal.SIGSEGV)
        refused = lambda: self.server.log_path.read_text().count("hsm_member_refused")  # noqa: E731
        self.assertTrue(until(lambda: refused() == 3), self.server.log_path.read_text()[-3000:])
        self.assertEqual(self.server.plan.calls("C_Login") - before, 1)


if __name__ == "__main__":
    unittest.main()
