"""No unfinished business, no vague file names, no paths of one machine, a reason at each exception from a check."""

import os
import re

from tree import run

# Put together here, so that this file does not contain what it looks for.
UNFINISHED = re.compile(r"\b(" + "|".join(a + b for a, b in (
    ("TO", "DO"), ("FIX", "ME"), ("XX", "X"), ("HA", "CK"), ("place", "holder"), ("not imple", "mented"),
    ("for n", "ow"), ("simpli", "fied"), ("st", "ub"), ("st", "ubbed"))) + r")\b", re.IGNORECASE)
# gRPC's own word for a generated client.
GRPC_CLIENT = re.compile("st" + r"ub_?\(|NewStub|::Stub|grpc.*stub|[a-z_]+stub", re.IGNORECASE)
VAGUE_NAME = re.compile(r"(^|_)(utils?|helpers?|managers?|common|misc|stuff)(_|$|\.)")
MACHINE_PATH = re.compile("/" + r"(work/|home/[a-z]|Users/[A-Za-z]|root/[a-z])")
EXCEPTION = re.compile(r"NOLINT(NEXTLINE|BEGIN|END)?(?P<check>\([a-z0-9.,\- ]+\))?(?P<reason>: .{8,})?")
TEXT = r"\.(cc|h|py|sh|proto|md|ya?ml|txt|cmake|json|service)$|^[^.]*$"


def line_problems(path, number, line):
    where = f"{path}:{number}"
    if UNFINISHED.search(line) and not GRPC_CLIENT.search(line):
        yield f"{where}: unfinished business: {line.strip()[:100]}"
    if MACHINE_PATH.search(line):
        yield f"{where}: a path of one machine: {line.strip()[:100]}"
    match = EXCEPTION.search(line) if path.endswith((".cc", ".h")) else None
    if match and match[1] != "END" and not (match["check"] and match["reason"]):
        yield f"{where}: NOLINT names its check and its reason: NOLINT(check): why"


def problems(tree):
    for path in tree.matching(TEXT):
        if VAGUE_NAME.search(os.path.basename(path)):
            yield f"{path}: a file is named for the noun or operation that it holds"
        if path == "LICENSE" or path.startswith("tests/fuzz/corpus/"):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            yield from line_problems(path, number, line)
    for path in tree.matching(r"^(src|hsm|tests)/.*\.h$"):
        if not tree.read(path).startswith("// "):
            yield f"{path}:1: the first line says in a sentence what the file is"


if __name__ == "__main__":
    run(problems)
