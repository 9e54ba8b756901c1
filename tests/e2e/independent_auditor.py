"""Verifies an audit trail without kmaas, by docs/audit.md and the library `cryptography` alone: the work of an auditor, and a second opinion.

    independent_auditor.py DIRECTORY PUBLIC_KEY_PEM      prints what is wrong, one a line; exit status 1 if anything is
"""

import hashlib
import json
import pathlib
import re
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

RECORD = re.compile(rb'\{"seq":([1-9][0-9]*),"prev":"([0-9a-f]{64})","hash":"([0-9a-f]{64})","event":(\{.*\})\}\n')
SEAL = re.compile(rb'\{"seal":(\{.*\}),"signature":"([0-9a-f]{128})"\}\n')


def lines(directory, pattern):
    for path in sorted(pathlib.Path(directory).glob(pattern)):
        for number, line in enumerate(path.read_bytes().splitlines(keepends=True), 1):
            yield f"{path.name}:{number}", line


def read_seals(directory, key):
    """The seals, each of which signs the hash of the line before it. Yields (place, seal, what is wrong or None)."""
    number, previous = 1, hashlib.sha256(b"kmaas audit seals v1").hexdigest()
    for place, line in lines(directory, "seals-*.jsonl"):
        match = SEAL.fullmatch(line)
        if not match:
            yield place, None, "not a seal"
            continue
        text, signature, seal = match[1], bytes.fromhex(match[2].decode()), json.loads(match[1])
        der = utils.encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
        wrong = None if (seal["number"], seal["previous"]) == (number, previous) else "does not continue the seal before it"
        try:
            key.verify(der, b"kmaas audit seal v1\n" + text, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            wrong = "bad signature"
        yield place, seal, wrong
        number, previous = seal["number"] + 1, hashlib.sha256(line[:-1]).hexdigest()


def verify(directory, key):
    wrong, heads, begin = [], {}, (0, hashlib.sha256(b"kmaas audit trail v1").hexdigest())
    first_file = min((int(path.name[6:22]) for path in pathlib.Path(directory).glob("audit-*.jsonl")), default=1)
    for place, seal, problem in read_seals(directory, key):
        if problem:
            wrong.append(f"{place}: {problem}")
        elif seal["kind"] != "retired":
            heads.setdefault(seal["last"], []).append((place, seal["head"]))
        elif seal["last"] + 1 == first_file:
            begin = (seal["last"], seal["head"])
    sequence, head = begin
    for place, line in lines(directory, "audit-*.jsonl"):
        match = RECORD.fullmatch(line)
        if not match:
            wrong.append(f"{place}: not a record")
            continue
        covered = bytes.fromhex(match[2].decode()) + int(match[1]).to_bytes(8, "big") + match[4]
        if (int(match[1]), match[2].decode()) != (sequence + 1, head) or hashlib.sha256(covered).hexdigest() != match[3].decode():
            wrong.append(f"{place}: does not continue the record before it, or was changed")
        sequence, head = int(match[1]), match[3].decode()
        wrong += [f"{place}: not the record that {by} sealed" for by, sealed in heads.pop(sequence, []) if sealed != head]
    return wrong + [f"{heads[last][0][0]}: record {last} is missing" for last in sorted(heads) if last > begin[0]]


if __name__ == "__main__":
    findings = verify(sys.argv[1], serialization.load_pem_public_key(pathlib.Path(sys.argv[2]).read_bytes()))
    print("\n".join(findings) or "as it was written")
    sys.exit(bool(findings))
