"""No call that banned_calls.txt forbids. Comments and strings do not count."""

import re

from tree import run

TABLE = "tests/house/banned_calls.txt"
CPP_NOISE = re.compile(r'//.*$|"(\\.|[^"\\])*"')
PYTHON_NOISE = re.compile(r"#.*$")


def table(text):
    for line in text.splitlines():
        if line.strip() and not line.startswith("# "):
            pattern, holds, excepted, why = line.split(None, 3)
            yield re.compile(pattern), re.compile(holds), excepted, why


def problems(tree):
    rules = list(table(tree.read(TABLE)))
    for path in tree.matching(r"^(src|hsm|tests)/.*\.(cc|h|py)$"):
        mine = [(pattern, why) for pattern, holds, excepted, why in rules
                if holds.search(path) and not (excepted != "-" and re.search(excepted, path))]
        if not mine or path.startswith("tests/house/"):
            continue
        noise = PYTHON_NOISE if path.endswith(".py") else CPP_NOISE
        for number, line in enumerate(tree.lines(path), 1):
            code = noise.sub("", line)
            for pattern, why in mine:
                if pattern.search(code):
                    yield f"{path}:{number}: {code.strip()[:80]}: {why}"


if __name__ == "__main__":
    run(problems)
