"""The manual pages know every command and option of the programs, every setting and its default, and are well-formed."""

import os
import re
import shutil
import subprocess

from tree import run

FOLDER = "docs/man"
SETTINGS = "config/kmaas.yaml"
# A setting, or one in a comment: "  port: 8443", "  # pin_file: ...", "  #   - uri: ...".
SETTING = re.compile(r"^(?P<indent> *)(?:# (?P<more> *)(?P<item>- )?)?(?P<name>[a-z_]+):(?: +(?P<value>\S.*)|$)")
# Both sides of an example of a list stand at the same depth.
ITEM_WIDTH = 2


def settings(text):
    """Yields (dotted name, default or None). What only holds others is left out; a commented one has no default."""
    above, found = [], []
    for line in text.splitlines():
        match = SETTING.match(line)
        if not match:
            continue
        commented = match["more"] is not None
        depth = len(match["indent"]) + len(match["more"] or "") + (ITEM_WIDTH if match["item"] else 0)
        while above and above[-1][0] >= depth:
            above.pop()
        above.append((depth, match["name"]))
        found.append((".".join(name for _, name in above), None if commented else match["value"], commented))
    names = [name for name, _, _ in found]
    for name, value, commented in dict.fromkeys(found):
        if commented or value is not None or not any(other.startswith(name + ".") for other in names):
            yield name, value


def entries(page):
    """The heads of a page's tagged lists: their text without the macro that begins them."""
    return [line[len(".It "):] for line in page.splitlines() if line.startswith(".It ")]


def has_flag(text, option):
    return re.search(rf"\bFl {re.escape(option[1:])}(?![\w-])|\| {re.escape(option[1:])}(?![\w-])", text) is not None


def setting_problems(tree):
    page = FOLDER + "/kmaas.yaml.5"
    heads = {head.split()[1]: head for head in entries(tree.read(page)) if head.startswith("Cm ")}
    known = dict(settings(tree.read(SETTINGS)))
    for name, value in known.items():
        if name not in heads:
            yield f"{page}: no entry of the setting {name}"
        elif value is not None and value not in heads[name].split():
            yield f"{page}: {name}: its default in {SETTINGS} is {value}, here: {heads[name]}"
    for name in heads.keys() - known.keys():
        yield f"{page}: {name} is not a setting of {SETTINGS}"


def command_problems(page_name, page, script):
    """`script` is what `kmaas completion bash` prints: it names every command with its options."""
    heads = "\n".join(entries(page))
    sections = dict(re.findall(r"^\.Ss kmaas ([a-z ]+)\n(.*?)(?=^\.S[sh] )", page, re.MULTILINE | re.DOTALL))
    commands = re.findall(r"^    '([a-z ]*)'\) choices='([^']*)' ;;$", script, re.MULTILINE)
    options = {word for _, words in commands for word in words.split() if word.startswith("--")}
    for command, words in commands:
        if command and command not in sections:
            yield f"{page_name}: no section 'kmaas {command}'"
        for option in words.split():
            expected = command in sections and option.startswith("--") and option != "--help"
            if expected and not has_flag(sections[command], option):
                yield f"{page_name}: 'kmaas {command}' does not show {option}"
    for option in sorted(options):
        if not has_flag(heads, option):
            yield f"{page_name}: no entry of the option {option}"
    for section in sections.keys() - {command for command, _ in commands}:
        yield f"{page_name}: there is no command 'kmaas {section}'"
    for option in re.findall(r"^Fl (-[a-z-]+)", heads, re.MULTILINE):
        if "-" + option not in options:
            yield f"{page_name}: there is no option -{option}"


def program_problems(tree):
    for name, arguments in (("kmaas", ["completion", "bash"]), ("kmaasd", ["--help"])):
        program = os.path.join(tree.build or "", "bin", name)
        if not os.path.exists(program):
            yield f"{program}: not built, so its manual page was not compared"
            continue
        said = subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout
        if name == "kmaas":
            yield from command_problems(FOLDER + "/kmaas.1", tree.read(FOLDER + "/kmaas.1"), said)
            continue
        heads = "\n".join(entries(tree.read(FOLDER + "/kmaasd.8")))
        for option in re.findall(r"^  (?:-\w, )?(--[a-z-]+)", said, re.MULTILINE):
            if not has_flag(heads, option):
                yield f"{FOLDER}/kmaasd.8: no entry of the option {option}"


def form_problems(tree, page):
    full = os.path.join(tree.root, page)
    for checker in (["mandoc", "-Tlint", "-Wwarning"], ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"]):
        if not shutil.which(checker[0]):
            print(f"note: {checker[0]} is not there to check {page}")
            continue
        said = subprocess.run([*checker, full], capture_output=True, text=True, check=False)
        complaint = said.stderr + (said.stdout if checker[0] == "mandoc" else "")
        if said.returncode != 0 or complaint.strip():
            yield f"{page}: {checker[0]}: {complaint.strip()}"


def problems(tree):
    for page in ("kmaas.1", "kmaasd.8", "kmaas.yaml.5"):
        if not tree.exists(f"{FOLDER}/{page}"):
            yield f"{FOLDER}/{page}: missing"
            return
    for page in tree.matching(rf"^{FOLDER}/"):
        yield from form_problems(tree, page)
    yield from setting_problems(tree)
    yield from program_problems(tree)


if __name__ == "__main__":
    run(problems)
