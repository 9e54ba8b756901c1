"""What headers.py and tidy.py share: the compile database, and a cache by the content of everything that a file includes."""

import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import time

from tree import Skip

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
OUTPUT_FLAGS = ("-o", "-MT", "-MF", "-MQ")
SECONDS_BETWEEN_NOTES = 10


class Database:
    """The compile commands of the project's own sources, without compiler cache and outputs."""

    def __init__(self, tree):
        self.tree = tree
        path = os.path.join(tree.build or "", "compile_commands.json")
        if not os.path.exists(path):
            raise Skip(f"no compile database at {path}")
        self.commands = {}
        for entry in json.load(open(path, encoding="utf-8")):
            source = os.path.relpath(entry["file"], tree.root)
            if source.startswith(("src/", "hsm/", "tests/")) and tree.exists(source):
                self.commands[source] = self._clean(shlex.split(entry["command"]))
        self._texts, self._closures = {}, {}

    @staticmethod
    def _clean(words):
        """Compiler and flags only."""
        if os.path.basename(words[0]) == "ccache":
            words = words[1:]
        kept, skip = [], False
        for word in words[:-1]:  # the last one is the source
            if skip or word in OUTPUT_FLAGS:
                skip = not skip
            elif word not in ("-c", "-MD", "-MMD"):
                kept.append(word)
        return kept

    def _text(self, path):
        if path not in self._texts:
            with open(path, encoding="utf-8", errors="replace") as file:
                self._texts[path] = file.read()
        return self._texts[path]

    def _resolve(self, header):
        folders = (os.path.join(self.tree.root, "src"), self.tree.root, os.path.join(self.tree.build, "proto"))
        return next((p for p in (os.path.join(f, header) for f in folders) if os.path.exists(p)), None)

    def closure(self, path):
        """The file and all project and generated headers that it reaches."""
        seen, open_ends = set(), [path]
        while open_ends:
            current = open_ends.pop()
            if current in seen:
                continue
            seen.add(current)
            open_ends += filter(None, map(self._resolve, INCLUDE.findall(self._text(current))))
        return sorted(seen)

    def fingerprint(self, path, *extra):
        digest = hashlib.sha256(repr(extra).encode())
        for file in self.closure(os.path.join(self.tree.root, path)):
            digest.update(file.encode() + b"\0" + self._text(file).encode() + b"\0")
        return digest.hexdigest()

    def flags_near(self, path):
        """Flags of the source whose folder has most in common with the path's."""
        parts = os.path.dirname(path).split("/")

        def shared(source):
            pairs = zip(parts, os.path.dirname(source).split("/"))
            return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(parts), source.count("/")))

        return self.commands[max(sorted(self.commands), key=shared)]


def check_all(database, name, jobs):
    """Runs each (path, fingerprint, check) unless its fingerprint passed before; check() returns what is wrong."""
    cache = os.path.join(database.tree.build, "house-cache", name)
    os.makedirs(cache, exist_ok=True)
    pending = [job for job in jobs if not os.path.exists(os.path.join(cache, job[1]))]
    print(f"{len(jobs)} files, {len(jobs) - len(pending)} of them unchanged since they passed", flush=True)
    noted = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {pool.submit(check): (path, key) for path, key, check in pending}
        for done, finished in enumerate(concurrent.futures.as_completed(running), 1):
            path, key = running[finished]
            wrong = finished.result()
            if wrong:
                yield f"{path}:\n{wrong}"
            else:
                open(os.path.join(cache, key), "w", encoding="utf-8").close()
            if time.monotonic() - noted >= SECONDS_BETWEEN_NOTES:
                noted = time.monotonic()
                print(f"{done} of {len(pending)}", flush=True)
