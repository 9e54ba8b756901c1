"""All C++ is as clang-format 14 writes it; another version formats differently and does not count."""

import os
import shutil
import subprocess

from tree import Skip, run


def problems(tree):
    program = shutil.which("clang-format-14")
    if not program:
        raise Skip("no clang-format-14 here (Debian 12 has it)")
    files = [os.path.join(tree.root, f) for f in tree.sources()]
    checked = subprocess.run([program, "--dry-run", "-Werror", *files], capture_output=True, text=True, check=False)
    named = [os.path.relpath(line.split(":", 1)[0], tree.root) for line in checked.stderr.splitlines() if "error:" in line]
    for path in sorted(set(named)):
        yield f"{path}: {named.count(path)} places; run clang-format-14 -i on it"
    if checked.returncode != 0 and not named:
        yield checked.stderr.strip()


if __name__ == "__main__":
    run(problems)
