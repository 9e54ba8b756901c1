"""Every rpc of the API has golden cases, and the operations table in README.md is what the program prints. `--write` puts it there."""

import os
import re
import subprocess
import sys

from tree import Tree, run

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


class NoTable(Exception):
    """Why there is nothing to compare; the message says it."""


def written_table(tree):
    """(what stands before the table in README.md, the table, what stands after it)."""
    readme = tree.read("README.md") if tree.exists("README.md") else ""
    if BEGIN not in readme or END not in readme:
        raise NoTable(f"README.md: no operations table between {BEGIN} and {END}")
    before, rest = readme.split(BEGIN, 1)
    table, after = rest.split(END, 1)
    return before + BEGIN, table.strip(), END + after


def printed_table(tree):
    program = os.path.join(tree.build or "", "bin", "kmaas")
    if not os.path.exists(program):
        raise NoTable(f"{program}: not built, so the operations table in README.md was not compared")
    printed = subprocess.run([program, "operations", "--markdown"], capture_output=True, text=True, check=False)
    if printed.returncode != 0:
        raise NoTable(f"kmaas operations --markdown: {printed.stderr.strip()}")
    return printed.stdout.strip()


def table_problems(tree):
    try:
        if written_table(tree)[1] != printed_table(tree):
            yield "README.md: the operations table is not what `kmaas operations --markdown` prints: tests/house/operations.py --write"
    except NoTable as reason:
        yield str(reason)


def write_table(root, build):
    tree = Tree(root, build)
    before, _, after = written_table(tree)
    with open(os.path.join(tree.root, "README.md"), "w", encoding="utf-8") as file:
        file.write(f"{before}\n{printed_table(tree)}\n{after}")


def problems(tree):
    yield from case_problems(tree)
    yield from table_problems(tree)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        checkout = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
        write_table(checkout, os.environ.get("KMAAS_BUILD", os.path.join(checkout, "build")))
    else:
        run(problems)
