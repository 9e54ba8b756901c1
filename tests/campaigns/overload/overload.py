#!/usr/bin/env python3
"""More than a server can do: what it still does, for whom, and with how much memory.

    KMAAS_BUILD=build tests/campaigns/overload/overload.py [PART...] [--seconds N] [--connections N] [--slow N] [--plant BUG]

Parts: overload (1 to 10 times the capacity), floods (of HTTP/2), slow (slow connections), tenant (one account at 100 times its quota), strangers (wrong
signatures). All of them by default. Exits 1 when something is not as promised. --no-times leaves out what depends on how busy the machine is.
A planted bug has to be found: freeze (the server stands still half of the time), leak (it keeps 1 MiB of each read), patient (slow connections may stay),
unbounded (no quotas).
"""

import argparse
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from floods import KINDS  # noqa: E402
from world import BUILD, HonestCaller, MemoryPeak, World, finish  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
GROWTH_MAX = 64 << 20
FLOODED_MAX = 128 << 20  # for each of those who flood: of PING and of calls without a message gRPC takes more than it should
QUOTA = 50  # of the tenant, in a second
TIMES = (1, 2, 5, 10)


class Findings:
    def __init__(self, with_times):
        self.with_times, self.bad = with_times, []

    def say(self, text):
        print(text, flush=True)

    def expect(self, fine, text):
        if not fine:
            self.bad.append(text)
            self.say("NOT AS PROMISED: " + text)

    def expect_time(self, fine, text):
        if self.with_times:
            self.expect(fine, text)


class Frozen:
    """The planted bug: a server that stands still for half of the block, a twentieth of a second at a time."""

    def __init__(self, world, wanted):
        self.world, self.wanted, self.ended = world, wanted, threading.Event()

    def __enter__(self):
        self.thread = threading.Thread(target=self._freeze)
        if self.wanted:
            self.thread.start()

    def _freeze(self):
        while not self.ended.wait(0.05):
            os.kill(self.world.pid, signal.SIGSTOP)
            time.sleep(0.15)
            os.kill(self.world.pid, signal.SIGCONT)

    def __exit__(self, *_):
        self.ended.set()
        if self.wanted:
            self.thread.join()


def overload(world, options, findings):
    request = world.decrypt_request()
    many = dict(connections=options.connections, give_up_millis=1000)
    warm = world.run_load(request, 100_000, options.seconds, connections=32, give_up_millis=20)
    capacity = int(warm["answered"] / warm["seconds"])
    calm = world.run_load(request, max(capacity * 8 // 10, 1), options.seconds, connections=32)
    findings.say(f"overload: capacity {capacity} a second; at 80 % p50 {calm['p50']} ms, p99 {calm['p99']} ms")
    goodput, last = {}, None
    with MemoryPeak(world) as memory:
        for times in TIMES:
            with Frozen(world, options.plant == "freeze" and times == TIMES[-1]):
                last = world.run_load(request, capacity * times, options.seconds, **many)
            goodput[times] = last["answered"] / last["seconds"]
            findings.say(f"overload: {times:2} x: goodput {goodput[times]:.0f} a second, p50 {last['p50']} ms, p99 {last['p99']} ms, from its sending {last['sent_p99']} ms, throttled {last['throttled']} "
                         f"(p99 {last['throttled_p99']} ms), given up by their clients {last['given_up']}, broken {last['broken']}, other {last['other']}")
    after = world.run_load(request, max(capacity // 2, 1), 2, connections=32)
    findings.say(f"overload: memory +{memory.growth >> 20} MiB; at once afterwards at half the capacity: {after}")
    findings.expect(goodput[TIMES[-1]] >= 0.9 * max(goodput.values()), f"goodput at {TIMES[-1]} x is {goodput[TIMES[-1]] / max(goodput.values()):.2f} of the peak")
    findings.expect(memory.growth <= GROWTH_MAX, f"memory grew by {memory.growth >> 20} MiB under overload")
    findings.expect(after["broken"] + after["other"] + after["throttled"] == 0, f"errors after the overload: {after}")
    findings.expect_time(after["p99"] <= max(3 * calm["p99"], 50), f"p99 after the overload is {after['p99']} ms, before {calm['p99']} ms")


def attack(script, *arguments):
    return subprocess.Popen([sys.executable, str(HERE / script), *map(str, arguments)], stdout=subprocess.PIPE, text=True)


def floods(world, options, findings):
    caller = HonestCaller(world)
    with caller:
        time.sleep(options.seconds)
    alone = caller.p99()
    findings.say(f"floods: honest calls alone: {len(caller.took)}, p99 {alone:.1f} ms")
    for kind in options.kinds:
        with MemoryPeak(world) as memory, caller, Frozen(world, options.plant == "freeze"):
            attackers = [attack("floods.py", kind, world.server.grpc_port, options.seconds, f"127.0.0.{5 + i}") for i in range(options.attackers)]
            said = [attacker.communicate()[0].strip() for attacker in attackers]
        findings.say(f"floods: {kind}: {'; '.join(said)}; memory +{memory.growth >> 20} MiB; honest calls {len(caller.took)}, p99 {caller.p99():.1f} ms, "
                     f"failed {caller.failed}")
        findings.expect(not caller.failed and caller.took, f"honest calls failed under {kind}: {caller.failed[:3]}")
        findings.expect(memory.growth <= FLOODED_MAX * options.attackers, f"memory grew by {memory.growth >> 20} MiB under {kind}")
        findings.expect_time(caller.p99() <= max(2 * alone, 20) * (1 + options.attackers), f"honest p99 {caller.p99():.1f} ms under {kind}, alone {alone:.1f} ms")
    findings.expect(options.plant or world.metric("kmaas_grpc_connections_ended_total", reason="cancelling") > 0 or "rapid_reset" not in options.kinds,
                    "no connection was ended for rapid resets")
    caller.close()


def slow(world, options, findings):
    request = world.decrypt_request()
    rate = options.rate
    alone = world.run_load(request, rate, options.seconds, connections=8)
    stays = options.slow_seconds
    with MemoryPeak(world) as memory:
        clients = attack("slow_clients.py", world.server.https_port, options.slow, stays)
        time.sleep(stays / 3)
        during = world.run_load(request, rate, options.seconds, connections=8)
        open_then = world.metric("kmaas_https_connections_by_phase")
        said = clients.communicate()[0].strip()
    ended = world.metric("kmaas_https_connections_ended_total", reason="slow_handshake")
    findings.say(f"slow: {said}; open {open_then:.0f}, ended by the server {ended:.0f}; memory +{memory.growth >> 20} MiB; "
                 f"honest alone p99 {alone['p99']} ms, with them {during['p99']} ms; {during}")
    findings.expect(during["broken"] + during["other"] + during["throttled"] == 0, f"honest calls failed beside slow ones: {during}")
    findings.expect(ended > 0, "no slow connection was ended")
    findings.expect_time(during["p99"] <= max(2 * alone["p99"], 5), f"honest p99 {during['p99']} ms beside slow ones, alone {alone['p99']} ms")


def tenant(world, options, findings, credentials):
    ours, theirs = world.decrypt_request(), world.decrypt_request(credentials)
    alone = world.run_load(ours, options.rate, options.seconds, connections=8)
    loud = world.load(theirs, QUOTA * 100, options.seconds + 2, connections=16, source="127.0.0.3")
    during = world.run_load(ours, options.rate, options.seconds, connections=8)
    said = finish(loud)
    allowed = QUOTA * (said["seconds"] + 2)  # and its burst
    findings.say(f"tenant: asked for {QUOTA * 100} a second of {QUOTA}: {said}; others alone p99 {alone['p99']} ms, beside it {during['p99']} ms, {during}")
    findings.expect(during["broken"] + during["other"] + during["throttled"] == 0, f"others failed: {during}")
    findings.expect(said["answered"] <= allowed * 1.05, f"the tenant had {said['answered']} answers of {allowed:.0f}")
    findings.expect(said["throttled"] > 0 and said["other"] == 0, f"the tenant was not told why: {said}")
    findings.expect_time(during["p99"] <= max(1.5 * alone["p99"], 5), f"others' p99 {during['p99']} ms, alone {alone['p99']} ms")


def strangers(world, options, findings):
    ours = world.decrypt_request()
    wrong = world.signed("ListKeys", {}, broken=True)
    alone = world.run_load(ours, options.rate, options.seconds, connections=8)
    records = world.metric("kmaas_audit_records_total")
    loud = world.load(wrong, 2000, options.seconds + 2, connections=16, source="127.0.0.4")
    during = world.run_load(ours, options.rate, options.seconds, connections=8)
    said = finish(loud)
    records = world.metric("kmaas_audit_records_total") - records - during["answered"]
    refused = world.metric("kmaas_refused_calls_total", quota="unproven")
    findings.say(f"strangers: {said}; held back {refused:.0f}, records of them {records:.0f}; others alone p99 {alone['p99']} ms, beside them {during['p99']} ms, {during}")
    findings.expect(during["broken"] + during["other"] + during["throttled"] == 0, f"others failed: {during}")
    findings.expect(refused > 0, "no stranger was held back")
    findings.expect(said["answered"] == 0, "a wrong signature was taken")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--seconds", type=int, default=10, help="of each measurement")
    parser.add_argument("--connections", type=int, default=512, help="of the overload")
    parser.add_argument("--slow", type=int, default=5000, help="slow connections")
    parser.add_argument("--connections-max", type=int, default=4096, help="that the server lets be open (4096, its default)")
    parser.add_argument("--slow-seconds", type=int, default=60, help="how long they stay")
    parser.add_argument("--rate", type=int, default=500, help="of honest calls in a second")
    parser.add_argument("--attackers", type=int, default=2, help="flooding processes at a time")
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), help="of floods")
    parser.add_argument("--plant", choices=("freeze", "leak", "patient", "unbounded"))
    parser.add_argument("--no-times", action="store_true", help="expect nothing of latencies")
    return parser.parse_args()


def limits(options):
    if options.plant == "unbounded":
        return {"quotas": "off", "unproven_per_second": 0}
    bounds = {"accounts": [{"account": "444455556666", "requests_per_second": {"symmetric": QUOTA}}], "burst_seconds": 2, "unproven_per_second": 20,
              "unproven_burst": 100}
    if options.plant == "patient":
        bounds |= {"handshake_seconds": 3600, "header_seconds": 3600, "request_seconds": 3600, "idle_seconds": 3600, "body_bytes_per_second_min": 1,
                   "connections_per_address_max": 0}
    return bounds


def main():
    options = parse()
    parts = options.parts or ["overload", "floods", "slow", "tenant", "strangers"]
    findings = Findings(not options.no_times)
    world = World({"limits": limits(options), "https": {"connections_max": options.connections_max}})
    if options.plant == "leak":
        world.server.environment["LD_PRELOAD"] = str(BUILD / "tests/libleaky_reads.so")
    with world:
        credentials = world.add_tenant() if "tenant" in parts else None
        for part in parts:
            more = (credentials,) if part == "tenant" else ()
            globals()[part](world, options, findings, *more)
    findings.say(f"{len(findings.bad)} not as promised")
    return 1 if findings.bad else 0


if __name__ == "__main__":
    sys.exit(main())
