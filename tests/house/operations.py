"""Every rpc of the API has golden cases, and the operations table in README.md is what the program prints."""

import os
import re
import subprocess

from tree import run

PROTO = "proto/kmaas/kms/v1/kms.proto"
BEGIN, END = "<!-- operations -->", "<!-- end operations -->"


def case_problems(tree):
    operations = re.findall(r"^\s*rpc (\w+)\(", tree.read(PROTO), re.MULTILINE)
    if not operations:
        yield f"{PROTO}: no rpc found"
    for operation in operations:
        if not any(f.startswith(f"tests/api/{operation}/") for f in tree.files):
            yield f"tests/api/{operation}/: no golden case for the operation"
    folders = {f.split("/")[2] for f in tree.matching(r"^tests/api/[A-Z]\w*/")}
    for folder in sorted(folders - set(operations)):
        yield f"tests/api/{folder}/: no such operation"


def table_problems(tree):
    readme = tree.read("README.md") if tree.exists("README.md") else ""
    if BEGIN not in readme or END not in readme:
        yield f"README.md: no operations table between {BEGIN} and {END}"
        return
    written = readme.split(BEGIN, 1)[1].split(END, 1)[0].strip()
    program = os.path.join(tree.build or "", "bin", "kmaas")
    if not os.path.exists(program):
        yield f"{program}: not built, so the operations table in README.md was not compared"
        return
    printed = subprocess.run([program, "operations", "--markdown"], capture_output=True, text=True, check=False)
    if printed.returncode != 0:
        yield f"kmaas operations --markdown: {printed.stderr.strip()}"
    elif printed.stdout.strip() != written:
        yield "README.md: the operations table is not what `kmaas operations --markdown` prints"


def problems(tree):
    yield from case_problems(tree)
    yield from table_problems(tree)


if __name__ == "__main__":
    run(problems)
