"""The files of the tree, and the frame in which a house check runs and reports."""

import argparse
import os
import re
import sys

SKIPPED = 77  # CTest's SKIP_RETURN_CODE of these tests


class Tree:
    """Reads files relative to the root of the checkout. Build folders and caches are not part of it."""

    def __init__(self, root, build=None):
        self.root = os.path.abspath(root)
        self.build = build and os.path.abspath(build)
        self.files = sorted(self._walk())

    def _walk(self):
        for folder, folders, names in os.walk(self.root):
            at_root = folder == self.root
            folders[:] = [f for f in folders if not self._ignored(f, at_root)]
            for name in names:
                if not name.endswith(".pyc") and name != "compile_commands.json":
                    yield os.path.relpath(os.path.join(folder, name), self.root)

    @staticmethod
    def _ignored(folder, at_root):
        if folder in (".git", "__pycache__", ".venv", ".cache"):
            return True
        return at_root and (folder == "build" or folder.startswith("build-"))

    def matching(self, pattern):
        return [f for f in self.files if re.search(pattern, f)]

    def sources(self):
        """C++ of the project, tests included."""
        return self.matching(r"^(src|hsm|tests)/.*\.(cc|h)$")

    def exists(self, path):
        return os.path.exists(os.path.join(self.root, path))

    def read(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as file:
            return file.read()

    def lines(self, path):
        return self.read(path).splitlines()


class Skip(Exception):
    """What a check needs is not there; the message says what."""


def rows(text):
    """The lines of a table file, split at blanks, without comments and empty lines."""
    for line in text.splitlines():
        line = line.split("#", 1)[0].strip()
        if line:
            yield line.split()


def run(problems):
    """Runs problems(tree) on the tree that the command line names, prints what it yields, and exits."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", default=os.path.join(os.path.dirname(__file__), "..", ".."))
    parser.add_argument("--build", help="build folder, for checks that need the compile database or a program")
    arguments = parser.parse_args()
    try:
        found = list(problems(Tree(arguments.root, arguments.build)))
    except Skip as reason:
        print(f"skipped: {reason}")
        sys.exit(SKIPPED)
    for problem in found:
        print(problem)
    print(f"{len(found)} problem(s)")
    sys.exit(1 if found else 0)
