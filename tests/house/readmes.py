"""Each root of the tree has a README.md of at most 60 lines with the three headings; links between documents lead somewhere."""

import os
import re

from tree import rows, run

HEADINGS = ("what lives here", "what it may include", "how to add one")
LINES_MAX = 60
LINK = re.compile(r"\]\(([^)#:\s]+)(#[^)]*)?\)")


def roots(tree):
    for kind, name, *_ in rows(tree.read("tests/house/include_rules.txt")):
        if kind == "root" and any(f.startswith(name + "/") for f in tree.files):
            yield "src/frontends" if name.startswith("src/frontends/") else name


def readme_problems(tree, root):
    path = root + "/README.md"
    if not tree.exists(path):
        yield f"{path}: missing"
        return
    lines = tree.lines(path)
    if len(lines) > LINES_MAX:
        yield f"{path}: {len(lines)} lines, at most {LINES_MAX}"
    headings = [line.lstrip("#").strip().lower() for line in lines if line.startswith("#")]
    for heading in HEADINGS:
        if heading not in headings:
            yield f"{path}: no heading '{heading}'"


def link_problems(tree, path):
    for number, line in enumerate(tree.lines(path), 1):
        for target, _ in LINK.findall(line):
            if not tree.exists(os.path.join(os.path.dirname(path), target)):
                yield f"{path}:{number}: leads nowhere: {target}"


def problems(tree):
    for root in sorted(set(roots(tree))):
        yield from readme_problems(tree, root)
    for path in tree.matching(r"\.md$"):
        yield from link_problems(tree, path)


if __name__ == "__main__":
    run(problems)
