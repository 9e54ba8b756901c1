"""Every header compiles alone, with the warnings of the tree."""

import os
import subprocess

from compilation import Database, check_all
from tree import run


def compile_alone(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return "" if done.returncode == 0 else done.stderr.strip() or "the compiler failed"


def problems(tree):
    database = Database(tree)
    jobs = []
    generated = "-I" + os.path.join(tree.build, "proto")
    for path in tree.matching(r"^(src|hsm|tests)/.*\.h$"):
        header = os.path.join(tree.root, path)
        command = [*database.flags_near(path), generated, "-fsyntax-only", "-include", header, "-x", "c++", os.devnull]
        jobs.append((path, database.fingerprint(path, command), lambda c=tuple(command): compile_alone(c)))
    yield from check_all(database, "headers", jobs)


if __name__ == "__main__":
    run(problems)
