"""Every shell script parses, says what it is, and has its run bit."""

import os
import subprocess

from tree import run


def is_script(tree, path):
    with open(os.path.join(tree.root, path), "rb") as file:
        first = file.readline(64)
    return first.startswith(b"#!") and (b"bash" in first or b"/sh" in first)


def problems(tree):
    for path in tree.files:
        full = os.path.join(tree.root, path)
        if os.path.islink(full) or not is_script(tree, path):
            continue
        checked = subprocess.run(["bash", "-n", full], capture_output=True, text=True, check=False)
        if checked.returncode != 0:
            yield f"{path}: {checked.stderr.strip()}"
        if not os.access(full, os.X_OK):
            yield f"{path}: has no run bit"
        if not tree.lines(path)[1:2] or not tree.lines(path)[1].startswith("# "):
            yield f"{path}:2: the second line says in a sentence what the script does"


if __name__ == "__main__":
    run(problems)
