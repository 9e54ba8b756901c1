"""Each house check finds what it is there for: a small tree with one fault of each kind."""

import contextlib
import io
import os
import shutil
import tempfile
import unittest

import calls
import defects
import include_rules
import manuals
import operations
import readmes
import shell
import sizes
import tree
import words

HOUSE = os.path.dirname(os.path.abspath(__file__))
TABLES = ("include_rules.txt", "limits.txt", "banned_calls.txt")


class PlantedTree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        for table in TABLES:
            with open(os.path.join(HOUSE, table), encoding="utf-8") as file:
                self.write("tests/house/" + table, file.read())

    def write(self, path, text, mode=0o644):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(full, mode)

    def found(self, check):
        with contextlib.redirect_stdout(io.StringIO()):
            return list(check.problems(tree.Tree(self.root)))

    def assert_finds(self, check, *fragments):
        text = "\n".join(self.found(check))
        for fragment in fragments:
            self.assertIn(fragment, text)


class IncludeRules(PlantedTree):
    def test_finds_an_edge_that_the_table_does_not_have(self):
        self.write("src/domain/key.h", '// A key.\n#include "storage/sqlite/store.h"\n')
        self.assert_finds(include_rules, "src/domain/key.h:2: src/domain may not include src/storage")

    def test_finds_a_fenced_header(self):
        self.write("src/core/call.h", "// A call.\n#include <openssl/evp.h>\n")
        self.assert_finds(include_rules, "<openssl/evp.h> only in src/crypto")

    def test_finds_a_folder_without_a_row(self):
        self.write("src/novelty/thing.h", "// A thing.\n")
        self.assert_finds(include_rules, "src/novelty/thing.h: its folder has no row")

    def test_finds_a_header_of_no_root(self):
        self.write("src/base/log.cc", '#include "nowhere/x.h"\n')
        self.assert_finds(include_rules, '"nowhere/x.h" belongs to no root')

    def test_finds_a_cycle(self):
        self.write("tests/house/include_rules.txt", "root src/a src/b\nroot src/b src/a\n")
        self.assert_finds(include_rules, "cycle: src/a -> src/b -> src/a")

    def test_finds_nothing_in_a_good_tree(self):
        self.write("src/ports/store.h", '// A store.\n#include <string>\n#include "base/result.h"\n')
        self.assertEqual(self.found(include_rules), [])


class Sizes(PlantedTree):
    def test_finds_a_long_file_and_a_long_function(self):
        self.write("src/core/a.h", "// A.\n" * 251)
        self.write("src/core/a.cc", "Result<void> F(int a,\n               int b) {\n" + "  G();\n" * 71 + "}\n")
        self.assert_finds(sizes, "src/core/a.h: file of 251", "src/core/a.cc:1: function of 71")

    def test_finds_a_long_method_and_a_long_test(self):
        self.write("src/core/a.h", "class A {\n  void F() const {\n" + "    G();\n" * 71 + "  }\n};\n")
        self.write("tests/unit/core/a_test.cc", "TEST(A, B) {\n" + "  G();\n" * 41 + "}\n")
        self.assert_finds(sizes, "src/core/a.h:2: function of 71", "a_test.cc:1: test of 41")

    def test_passes_what_is_at_the_limit(self):
        self.write("src/core/a.cc", "void F() {\n" + "  G();\n" * 70 + "}\n")
        self.assertEqual(self.found(sizes), [])


class Words(PlantedTree):
    def test_finds_unfinished_business_in_code_and_documents(self):
        self.write("src/core/a.cc", "// TO" "DO: later\n")
        self.write("docs/a.md", "It works for " "now.\n")
        self.assert_finds(words, "src/core/a.cc:1: unfinished", "docs/a.md:1: unfinished")

    def test_finds_vague_names_machine_paths_and_silent_headers(self):
        self.write("src/core/key_utils.h", "#pragma once\n")
        self.write("deploy/run", "cd /" "home/joe/kmaas\n")
        self.assert_finds(words, "named for the noun", "a path of one machine", "key_utils.h:1: the first line")

    def test_finds_an_exception_without_check_or_reason(self):
        self.write("src/core/a.cc", "int a;  // NOLINT\nint b;  // NOLINT(some-check)\n"
                                    "int c;  // NOLINT(some-check): because of the C interface\n")
        self.assertEqual(len(self.found(words)), 2)


class Calls(PlantedTree):
    def test_finds_what_the_table_forbids(self):
        self.write("src/core/a.cc", "auto d = HMAC(a, b);\nstd::system_clock::now();\n")
        self.write("tests/unit/core/a_test.cc", "std::this_thread::sleep_for(x);\n")
        self.assert_finds(calls, "a.cc:1", "a.cc:2", "a_test.cc:1")

    def test_takes_no_offence_at_comments_strings_and_longer_names(self):
        self.write("src/core/a.cc", '// HMAC(x)\nLog("system(1)");\nMakeHMAC(y);\nfile_system(z);\n')
        self.assertEqual(self.found(calls), [])


class Shell(PlantedTree):
    def test_finds_a_script_that_does_not_parse_or_cannot_run(self):
        self.write("deploy/a", "#!/usr/bin/env bash\n# Does a thing.\nif true; then\n", 0o755)
        self.write("deploy/b", "#!/usr/bin/env bash\n# Does a thing.\ntrue\n", 0o644)
        self.write("deploy/c", "#!/usr/bin/env bash\ntrue\n", 0o755)
        self.assert_finds(shell, "deploy/a: ", "deploy/b: has no run bit", "deploy/c:2: the second line")


class Readmes(PlantedTree):
    def test_finds_a_missing_and_a_poor_readme_and_a_dead_link(self):
        self.write("src/base/a.h", "// A.\n")
        self.write("src/core/a.h", "// A.\n")
        self.write("src/core/README.md", "# core\n## What lives here\n[x](nowhere.md)\n")
        self.assert_finds(readmes, "src/base/README.md: missing", "no heading 'how to add one'", "leads nowhere")


class Operations(PlantedTree):
    def test_finds_an_operation_without_a_case_and_a_case_without_an_operation(self):
        self.write("proto/kmaas/kms/v1/kms.proto", "service S {\n  rpc Encrypt(A) returns (B) {\n")
        self.write("tests/api/Decrpyt/plain/case.json", "{}")
        self.assert_finds(operations, "tests/api/Encrypt/: no golden case", "tests/api/Decrpyt/: no such operation")

    def test_finds_a_missing_table(self):
        self.write("proto/kmaas/kms/v1/kms.proto", "rpc Encrypt(A) returns (B)\n")
        self.assert_finds(operations, "README.md: no operations table")


class Manuals(PlantedTree):
    def pages(self, settings_page):
        for page, text in (("kmaas.1", ""), ("kmaasd.8", ""), ("kmaas.yaml.5", settings_page)):
            self.write("docs/man/" + page, text)

    def test_finds_a_missing_page(self):
        self.assert_finds(manuals, "docs/man/kmaas.1: missing")

    def test_finds_a_setting_without_an_entry_a_wrong_default_and_an_entry_without_a_setting(self):
        self.write("config/kmaas.yaml", "a:\n  # Of b.\n  b: 1\n  # c: /x\n  # l:\n  #   - d: y\n  e: 5\n")
        self.pages(".It Cm a.b Pq 2\n.It Cm a.l\n.It Cm a.l.d\n.It Cm a.e Pq 5\n.It Cm a.gone\n")
        found = "\n".join(manuals.setting_problems(tree.Tree(self.root)))
        for fragment in ("no entry of the setting a.c", "a.b: its default in config/kmaas.yaml is 1", "a.gone is not a setting"):
            self.assertIn(fragment, found)
        self.assertEqual(found.count("\n"), 2, found)

    def test_finds_commands_and_options_that_only_one_side_has(self):
        script = "    'key list') choices='--help --state --json' ;;\n    'new') choices='--help' ;;\n"
        page = ".Ss kmaas key list\n.Op Fl -json\n.Ss kmaas old\n.Sh OPTIONS\n.It Fl h , Fl -help\n.It Fl -json\n.It Fl -gone\n"
        found = list(manuals.command_problems("kmaas.1", page, script))
        for fragment in ("no section 'kmaas new'", "'kmaas key list' does not show --state", "no entry of the option --state",
                         "no command 'kmaas old'", "no option --gone"):
            self.assertIn(fragment, "\n".join(found))
        self.assertEqual(len(found), 5, found)

    @unittest.skipUnless(shutil.which("mandoc") or shutil.which("man"), "no program that checks manual pages")
    def test_finds_a_page_that_is_malformed(self):
        self.write("docs/man/bad.1", ".Dd November 26, 2026\n.Dt BAD 1\n.Os\n.Sh NAME\n.Nm bad\n.Nd x\n.Bl -tag\n.It x\n")
        self.assertTrue(list(manuals.form_problems(tree.Tree(self.root), "docs/man/bad.1")))


class Defects(PlantedTree):
    def test_finds_a_class_whose_test_is_gone(self):
        self.write("tests/house/defect_classes.txt", "fail open: Pipeline.Denies test_denies\nno test yet:\n")
        self.write("tests/e2e/a_test.py", "def test_denies():\n    pass\n")
        self.assert_finds(defects, "fail open: no such test: Pipeline.Denies", "no test against: no test yet")


class TheFrame(PlantedTree):
    def test_leaves_out_build_folders(self):
        self.write("build/generated.cc", "")
        self.write("build-asan/generated.cc", "")
        self.write("src/base/build/kept.cc", "")
        self.assertEqual([f for f in tree.Tree(self.root).files if f.endswith(".cc")], ["src/base/build/kept.cc"])


if __name__ == "__main__":
    unittest.main()
