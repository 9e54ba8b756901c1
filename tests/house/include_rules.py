"""Every include is an edge that include_rules.txt allows; the table has no cycle and a row for each folder."""

import re

from tree import rows, run

TABLE = "tests/house/include_rules.txt"
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


class Rules:
    def __init__(self, text):
        self.may, self.fences = {}, []
        for kind, name, *rest in rows(text):
            if kind == "root":
                self.may[name] = set(rest) - {"-"}
            elif kind == "fence":
                self.fences.append((name, rest))

    def root_of(self, path):
        """The root whose folder holds the file; the longest wins. None: no row."""
        fitting = [r for r in self.may if path.startswith(r + "/")]
        return max(fitting, key=len, default=None)

    def root_of_include(self, header):
        """Headers are named from src/ or from the top; what protoc generates begins with kmaas/."""
        if header.startswith("kmaas/"):
            return "proto"
        return self.root_of("src/" + header) or self.root_of(header)

    def cycle(self):
        """A list of roots that include each other in a ring, or nothing."""
        def visit(root, path):
            if root in path:
                return path[path.index(root):] + [root]
            return next(filter(None, (visit(n, path + [root]) for n in sorted(self.may.get(root, ())))), None)

        return next(filter(None, (visit(root, []) for root in self.may)), None)


def own_include_problems(rules, path, number, header):
    root, target = rules.root_of(path), rules.root_of_include(header)
    if target is None:
        yield f'{path}:{number}: "{header}" belongs to no root; third-party headers stand in <>'
    elif target != root and "*" not in rules.may[root] and target not in rules.may[root]:
        yield f"{path}:{number}: {root} may not include {target} ({header}); see {TABLE}"


def fence_problems(rules, path, number, header):
    for prefix, folders in rules.fences:
        inside = any(path.startswith(folder + "/") for folder in folders + ["tests"])
        if header.startswith(prefix) and not inside:
            yield f"{path}:{number}: <{header}> only in {', '.join(folders)}; see {TABLE}"


def problems(tree):
    rules = Rules(tree.read(TABLE))
    ring = rules.cycle()
    if ring:
        yield f"{TABLE}: cycle: {' -> '.join(ring)}"
    for path in tree.sources():
        if rules.root_of(path) is None:
            yield f"{path}: its folder has no row in {TABLE}"
            continue
        for number, line in enumerate(tree.lines(path), 1):
            match = INCLUDE.match(line)
            if match:
                check = own_include_problems if match[1] == '"' else fence_problems
                yield from check(rules, path, number, match[2])


if __name__ == "__main__":
    run(problems)
