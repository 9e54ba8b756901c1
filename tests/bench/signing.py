"""What signatures cost, and what they cost others: the part of tests/bench/run about private keys.

Floors are the CPU time of one signature straight through PKCS#11. "rate / raw rate" is how much of the module's own rate is left:
the floor divided by the CPU time of the server for one answer. Then the same on the whole machine, server and load on all
processors: what the service signs in a second, load included, against what the module signs in a second for one thread and for as
many as there are processors. ECDSA signatures are verified before they are
answered; P-256 is measured without that, too. The last part lets a client ask for RSA-4096 signatures without end,
and compares how many symmetric answers another client gets meanwhile with how many it gets alone.
"""

import base64
import os
import statistics
import subprocess
import time

from server import Server

KINDS = (
    # name, key spec, signing algorithm, operation of bench_raw_pkcs11, its calls
    ("RSA-2048", "RSA_2048", "RSASSA_PKCS1_V1_5_SHA_256", "rsa-2048", 2000),
    ("RSA-4096", "RSA_4096", "RSASSA_PKCS1_V1_5_SHA_256", "rsa-4096", 400),
    ("P-256", "ECC_NIST_P256", "ECDSA_SHA_256", "p-256", 10_000),
)
SATURATING_CONNECTIONS = 16
# No more than may wait for the long lane: who is turned away costs less than a signature.
SIGNING_CONNECTIONS = 8
WHOLE_MACHINE_CONNECTIONS = 12


def sign_request(bench, spec, algorithm):
    arn = bench.kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    members = {"KeyId": arn, "Message": base64.b64encode(b"x" * 32).decode(), "MessageType": "DIGEST", "SigningAlgorithm": algorithm}
    return bench.signed("Sign", members)


def decrypt_request(bench):
    _, blob = bench.make_key()
    return bench.signed("Decrypt", {"CiphertextBlob": base64.b64encode(blob).decode()})


def costs(bench):
    pid, port = bench.server.process.pid, bench.server.https_port
    requests = {name: sign_request(bench, spec, algorithm) for name, spec, algorithm, _, _ in KINDS}
    rows = {}
    for _ in range(bench.options.rounds):
        for name, _, _, operation, calls in KINDS:
            raw = bench.raw(operation, calls)
            cost, answers = bench.https_as_fast_as_it_goes(pid, port, [requests[name]], connections=SIGNING_CONNECTIONS)
            for row, value in ((f"raw PKCS#11 {name} sign", raw), (f"HTTPS Sign {name}", cost),
                               (f"HTTPS Sign {name} per second", answers / bench.options.seconds),
                               (f"Sign {name} rate / raw rate", raw / cost)):
                rows.setdefault(row, []).append(value)
    return {row: statistics.median(values) for row, values in rows.items()}


def whole_machine(bench, kinds=KINDS):
    """Answers per second with nothing pinned, over calls of the module per second from one thread and from one on each processor."""
    processors, pid, port = os.cpu_count() or 1, bench.server.process.pid, bench.server.https_port
    requests = {name: sign_request(bench, spec, algorithm) for name, spec, algorithm, _, _ in kinds}
    rows = {}
    with bench.unpinned():
        for _ in range(bench.options.rounds):
            for name, _, _, operation, calls in kinds:
                rate = bench.https_as_fast_as_it_goes(pid, port, [requests[name]], connections=WHOLE_MACHINE_CONNECTIONS)[1] / bench.options.seconds
                one, all_at_once = bench.raw_rate(operation, calls, 1), bench.raw_rate(operation, calls, processors)
                for row, value in ((f"all processors: Sign {name} per second", rate), (f"raw PKCS#11 {name} per second, one thread", one),
                                   (f"raw PKCS#11 {name} per second, {processors} threads", all_at_once),
                                   (f"all processors: Sign {name} rate / raw rate of one thread", rate / one),
                                   (f"all processors: Sign {name} rate / raw rate of {processors} threads", rate / all_at_once)):
                    rows.setdefault(row, []).append(value)
    return {row: statistics.median(values) for row, values in rows.items()}


def unverified(bench):
    """P-256 on the whole machine once more, by a server that does not verify ECDSA signatures before it answers them."""
    with Server(overrides={"log": {"format": "json"}, "hsm": {"check_ecdsa_signatures": False}}) as server:
        other = type(bench)(server, bench.options)
        figures = whole_machine(other, [kind for kind in KINDS if kind[0] == "P-256"])
    return {f"{row}, unverified": value for row, value in figures.items() if row.startswith("all processors")}


def saturated(bench):
    """Symmetric answers per second alone, and beside a client that asks for RSA-4096 signatures without end."""
    pid, port = bench.server.process.pid, bench.server.https_port
    decrypt = decrypt_request(bench)
    greedy = bench.work / "greedy.lua"
    greedy.write_text(bench.wrk_script([sign_request(bench, "RSA_4096", "RSASSA_PKCS1_V1_5_SHA_256")]).read_text())
    seconds, alone, beside = bench.options.seconds, [], []
    for _ in range(bench.options.rounds):
        alone.append(bench.https_as_fast_as_it_goes(pid, port, [decrypt])[1] / seconds)
        load = subprocess.Popen(["wrk", "-t1", f"-c{SATURATING_CONNECTIONS}", f"-d{seconds + 2}s", "-s", str(greedy),
                                 f"https://127.0.0.1:{port}/"], stdout=subprocess.DEVNULL)
        time.sleep(1)  # until its connections are there
        beside.append(bench.https_as_fast_as_it_goes(pid, port, [decrypt])[1] / seconds)
        load.wait()
    return {"HTTPS Decrypt per second, alone": statistics.median(alone),
            "HTTPS Decrypt per second, beside RSA-4096": statistics.median(beside),
            "beside RSA-4096 / alone": statistics.median(b / a for a, b in zip(alone, beside))}


def figures(bench):
    return {**costs(bench), **whole_machine(bench), **unverified(bench), **saturated(bench)}
