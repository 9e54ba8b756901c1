"""Each class of defect that has hit key management systems has a test in this tree that would catch it."""

import re

from tree import run

TABLE = "tests/house/defect_classes.txt"
GTEST = re.compile(r"\b(?:TEST|TEST_F|TEST_P|TYPED_TEST|TYPED_TEST_P)\(\s*(\w+),\s*(\w+)\)")
PYTHON = re.compile(r"^\s*def (test_\w+)", re.MULTILINE)


def known_tests(tree):
    for path in tree.matching(r"^tests/.*\.(cc|h)$"):
        yield from (f"{suite}.{name}" for suite, name in GTEST.findall(tree.read(path)))
    for path in tree.matching(r"^tests/.*\.py$"):
        yield from PYTHON.findall(tree.read(path))


def problems(tree):
    known = set(known_tests(tree))
    for number, line in enumerate(tree.lines(TABLE), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, tests = line.partition(":")
        if not tests.split():
            yield f"{TABLE}:{number}: no test against: {name}"
        for test in tests.split():
            if test not in known:
                yield f"{TABLE}:{number}: {name}: no such test: {test}"


if __name__ == "__main__":
    run(problems)
