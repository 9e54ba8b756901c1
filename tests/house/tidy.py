"""clang-tidy 14 finds nothing in what ships. Files that passed and did not change are skipped.

Tests are left to the compilers' warnings and the other house checks: clang-tidy spends most of a minute on a file that uses
GoogleTest, which for all of them is longer than everything else that a change has to pass."""

import json
import os
import re
import shutil
import subprocess

from compilation import Database, check_all
from tree import Skip, run

SHIPPED = re.compile(r"^(src|hsm)/")
CHATTER = re.compile(r"^\d+ warnings? (and \d+ errors? )?generated\.$|^Suppressed |^Use -header-filter|^\d+ warnings? treated as")


def tidy(program, folder, source):
    done = subprocess.run([program, "-p", folder, "--quiet", source], capture_output=True, text=True, check=False)
    said = [line for line in (done.stdout + done.stderr).splitlines() if not CHATTER.match(line)]
    return "" if done.returncode == 0 else "\n".join(said) or "clang-tidy failed"


def problems(tree):
    program = shutil.which("clang-tidy-14")
    if not program:
        raise Skip("no clang-tidy-14 here (Debian 12 has it)")
    database = Database(tree)
    folder = os.path.join(tree.build, "house-cache")
    os.makedirs(folder, exist_ok=True)
    entries = [{"directory": tree.build, "file": os.path.join(tree.root, source),
                "arguments": [*command, "-c", os.path.join(tree.root, source)]}
               for source, command in database.commands.items()]
    with open(os.path.join(folder, "compile_commands.json"), "w", encoding="utf-8") as file:
        json.dump(entries, file)
    rules = [tree.read(f) for f in tree.files if os.path.basename(f) == ".clang-tidy"]
    jobs = [(source, database.fingerprint(source, command, rules),
             lambda s=os.path.join(tree.root, source): tidy(program, folder, s))
            for source, command in sorted(database.commands.items()) if SHIPPED.match(source)]
    yield from check_all(database, "tidy", jobs)


if __name__ == "__main__":
    run(problems)
