#!/usr/bin/env python3
"""A server at a share of what it can do, for hours: its own heap stays flat, its descriptors and threads stay as many.

    KMAAS_BUILD=build tests/campaigns/soak/soak.py [--seconds N] [--share S] [--processor N] [--samples FILE] [--plant BUG]

First the capacity is measured, then that share of it is offered at a fixed rate: keys used in every way over HTTPS, and beside it clients over HTTPS
and gRPC that come and go, changes of tags, aliases, grants, policies and states that are taken back, and requests that are refused. The PKCS#11 module
has a process of its own, so that the heap is the server's. Compared are the medians of the first and of the last quarter after the warm-up.
What it does not do: other accounts and identities, STS and IAM, imports, rotations, reloads, a SIEM; making and destroying keys, for a store that grows has to
take more memory. A leak of less than some 150 bytes a change stays below what is allowed in two hours.
Exits 1 when something is not as promised. A planted bug has to be found: heap (1 KiB of each read is kept), descriptors, threads; all is the three of them.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "overload"), str(HERE.parent / "restarts")]

from load import Load  # noqa: E402
from mixture import refused, used  # noqa: E402
from world import BUILD, World, finish, metrics  # noqa: E402
from writer import Writer  # noqa: E402

ROUND_SECONDS = 240  # signatures hold for five minutes
SAMPLE_SECONDS = 5
CONNECTIONS = 12  # as many may wait for a long call (hsm.lanes.long_waiting_max)
REFUSED_PER_SECOND = 20


class Samples(threading.Thread):
    """What the server has, every few seconds."""

    def __init__(self, world, path):
        super().__init__(daemon=True)
        self.world, self.path, self.ended, self.taken, self.failure = world, path, threading.Event(), [], None
        self.began = time.monotonic()

    def take(self):
        process = pathlib.Path(f"/proc/{self.world.pid}")
        status = (process / "status").read_text()
        number = lambda name: int(re.search(rf"{name}:\s+(\d+)", status).group(1))  # noqa: E731
        families = metrics.families(metrics.fetch(self.world.server)[2])
        gauge = lambda name: int(families[name].samples[0].value)  # noqa: E731
        return {"seconds": round(time.monotonic() - self.began, 1), "heap": gauge("kmaas_heap_bytes"), "secrets": gauge("kmaas_secret_memory_bytes"),
                "resident": number("VmRSS") * 1024, "descriptors": len(os.listdir(process / "fd")), "threads": number("Threads"),
                "worker": gauge("kmaas_hsm_worker_memory_bytes")}

    def run(self):
        with open(self.path, "w", encoding="utf-8") as file:
            while not self.ended.wait(SAMPLE_SECONDS):
                try:
                    self.taken.append(self.take())
                except Exception as failure:  # noqa: BLE001: a soak without samples says nothing
                    self.failure = f"{type(failure).__name__}: {failure}"
                    return
                print(json.dumps(self.taken[-1]), file=file, flush=True)

    def quarters(self, what, warm_up):
        """Medians of the first and of the last quarter after the warm-up."""
        values = [sample[what] for sample in self.taken if sample["seconds"] >= warm_up]
        size = max(len(values) // 4, 1)
        return statistics.median(values[:size]), statistics.median(values[-size:])


class Findings:
    def __init__(self):
        self.bad = []

    def expect(self, fine, text):
        if not fine:
            self.bad.append(text)
            print("NOT AS PROMISED: " + text, flush=True)


def capacity_of(world, requests, seconds):
    warm = finish(world.loads(requests(), 100_000, seconds, connections=CONNECTIONS, give_up_millis=20))
    return warm["answered"] / warm["seconds"]


def soak(world, rate, options, findings):
    mixture, wrong = used(world), refused(world)
    ends, answered, worst = time.monotonic() + options.seconds, 0, 0.0
    while (left := ends - time.monotonic()) > 1:
        seconds = max(min(ROUND_SECONDS, int(left)), 1)
        strangers = world.loads(wrong(), REFUSED_PER_SECOND, seconds, connections=2, source="127.0.0.4")
        did = finish(world.loads(mixture(), rate, seconds, connections=CONNECTIONS, give_up_millis=5000))
        turned_away = finish(strangers)
        answered, worst = answered + did["answered"], max(worst, did["p99"])
        print(f"{options.seconds - ends + time.monotonic():7.0f} s: {did}; refused {turned_away['other']}", flush=True)
        findings.expect(did["answered"] == rate * seconds, f"not all {rate * seconds} calls were answered: {did}")
        findings.expect(turned_away["other"] == REFUSED_PER_SECOND * seconds, f"what is to be refused: {turned_away}")
    print(f"{answered} answers, p99 of a round at most {worst} ms", flush=True)


def judge(samples, options, findings):
    findings.expect(samples.failure is None, f"samples ended: {samples.failure}")
    for what, growth_max in (("heap", options.heap_growth_max << 20), ("secrets", 64 << 10), ("descriptors", 2), ("threads", 0)):
        first, last = samples.quarters(what, options.warm_up)
        print(f"{what}: {first:.0f} in the first quarter, {last:.0f} in the last", flush=True)
        findings.expect(last - first <= growth_max, f"{what} grew from {first:.0f} to {last:.0f}")
    for what in ("resident", "worker"):
        first, last = samples.quarters(what, options.warm_up)
        print(f"{what}: {first / 2**20:.1f} MiB, {last / 2**20:.1f} MiB", flush=True)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=7200, help="of the load")
    parser.add_argument("--share", type=float, default=0.7, help="of the capacity")
    parser.add_argument("--warm-up", type=int, help="seconds that are not compared (default: an eighth)")
    parser.add_argument("--capacity-seconds", type=int, default=20, help="of measuring the capacity")
    parser.add_argument("--processor", type=int, help="that server and clients have to themselves, so that the others are free for other work")
    parser.add_argument("--heap-growth-max", type=int, default=1, help="MiB")
    parser.add_argument("--samples", type=pathlib.Path, default=pathlib.Path("soak.jsonl"), help="where what was seen is written")
    parser.add_argument("--plant", choices=("heap", "descriptors", "threads", "all"))
    options = parser.parse_args()
    options.warm_up = options.seconds // 8 if options.warm_up is None else options.warm_up
    return options


def main():
    options, findings = parse(), Findings()
    if options.processor is not None:
        os.sched_setaffinity(0, {options.processor})
    world = World({"limits": {"quotas": "off"}, "hsm": {"isolation": "process", "worker_memory_max_mib": 128}})
    if options.plant:
        world.server.environment |= {"LD_PRELOAD": str(BUILD / "tests/libleaky_reads.so"), "KMAAS_LEAK": options.plant}
    with world:
        with Load(world.server, clients=1, think=0.05) as clients, Writer(world.server) as writer:
            rate = max(int(capacity_of(world, used(world), options.capacity_seconds) * options.share), 1)
            print(f"{rate} calls a second are {options.share:.0%} of the capacity", flush=True)
            samples = Samples(world, options.samples)
            samples.start()
            soak(world, rate, options, findings)
            samples.ended.set()
            samples.join()
        print(clients.summary(), writer.summary(), sep="\n", flush=True)
        findings.expect(not clients.problems() and not writer.failures, f"clients failed: {(clients.problems() + writer.failures)[:3]}")
    judge(samples, options, findings)
    print(f"{len(findings.bad)} not as promised", flush=True)
    return 1 if findings.bad else 0


if __name__ == "__main__":
    sys.exit(main())
