"""Files, functions and tests stay within limits.txt."""

import re

from tree import rows, run

TABLE = "tests/house/limits.txt"
# The tree is formatted by clang-format, so a body ends at a brace in the column where its head began.
HEAD = re.compile(r"^( {0,2})(?!namespace|extern|struct|class|enum|union|using|typedef|static_assert|if|for|while|switch|do|"
                  r"return|else|case|default|public|private|protected)[A-Za-z_~][^;=]*\(")
HEAD_LINES_MAX = 10
TEST = re.compile(r"^(TEST|TEST_F|TEST_P|TYPED_TEST)\(")


def body_start(lines, start):
    """The index of the line whose brace opens the body of the function that begins at `start`; None for a declaration."""
    for i in range(start, min(start + HEAD_LINES_MAX, len(lines))):
        if lines[i].endswith("{"):
            return i
        if lines[i].endswith((";", "}")):
            return None
    return None


def functions(lines):
    """Yields (line number, is a test, lines in the body) of each function that spans lines."""
    for start, line in enumerate(lines):
        head = HEAD.match(line)
        opening = body_start(lines, start) if head else None
        if opening is None:
            continue
        close = head[1] + "}"
        end = next((i for i in range(opening + 1, len(lines)) if lines[i].startswith(close)), None)
        if end is not None:
            yield start + 1, bool(TEST.match(line)), end - opening - 1


def problems(tree):
    limits = [(what, re.compile(pattern), int(soft), int(hard))
              for what, pattern, soft, hard in rows(tree.read(TABLE))]

    def limit(what, path):
        return next((row[2:] for row in limits if row[0] == what and row[1].search(path)), None)

    def judge(what, where, path, size):
        bound = limit(what, path)
        if bound and size > bound[0]:
            verdict = f"{where}: {what} of {size} lines (soft {bound[0]}, hard {bound[1]})"
            if size > bound[1]:
                yield verdict
            else:
                print("note:", verdict)

    for path in tree.files:
        if not limit("file", path) and not limit("function", path):
            continue
        lines = tree.lines(path)
        yield from judge("file", path, path, len(lines))
        if limit("function", path):
            for number, is_test, size in functions(lines):
                yield from judge("test" if is_test else "function", f"{path}:{number}", path, size)


if __name__ == "__main__":
    run(problems)
