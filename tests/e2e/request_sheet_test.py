"""A request for keys before it is sent: the form is made, people fill it in with what they have, what is wrong is named by cell, in their own file and
language, and the file that was mended is right. Nothing of theirs is lost on the way."""

import base64
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import openpyxl

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("KMAAS_BUILD", SOURCE / "build"))
CLASSES = SOURCE / "config/classes.yaml"
PEOPLE = SOURCE / "config/people.yaml"
FIRST_ROW = 4
RIGHT = {"Aanvraagtype": "NIEUW", "OVO-code entiteit": "OVO002949", "Toepassings-ID": "APP-1234", "Toepassing": "Loket", "Omgeving": "PROD",
         "Klasse vertrouwelijkheid": 3, "Klasse integriteit": 2, "Persoonsgegevens": "JA", "Doel": "VERSLEUTELEN", "Diensten": "SCHIJF; OBJECT",
         "Platform": "AWS", "Account-ID": "012345678901", "Sleutelbeheerders": "ann@x.be; bob@x.be",
         "Sleutelgebruikers": "arn:aws:iam::111122223333:role/app", "Eigenaar": "olga@x.be", "Einddatum": "2027-11-27", "Wijzigingsnummer": "CHG001"}


def kmaas(*arguments, status=0):
    done = subprocess.run([str(BUILD / "bin/kmaas"), *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60,
                          stdin=subprocess.DEVNULL, env=dict(os.environ, KMAAS_CLASSES=str(CLASSES)))
    if done.returncode != status:
        raise AssertionError(f"{arguments}: {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


class RequestSheets(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.form = self.folder / "aanvraag.xlsx"
        kmaas("template", "new", "--lang", "nl", self.form)

    def fill(self, *rows, name="filled.xlsx"):
        """As somebody would with openpyxl, who colours a cell and adds a column besides."""
        book = openpyxl.load_workbook(self.form)
        sheet = book["Aanvraag"]
        columns = {cell.value: cell.column for cell in sheet[FIRST_ROW - 1]}
        for number, row in enumerate(rows, FIRST_ROW):
            for header, value in row.items():
                sheet.cell(number, columns[header], value)
        sheet.cell(FIRST_ROW, 1).fill = openpyxl.styles.PatternFill("solid", fgColor="FF00FF00")
        sheet.cell(FIRST_ROW - 1, 40, "Intern nummer")
        path = self.folder / name
        book.save(path)
        return path

    def by_libreoffice(self, path):
        out = self.folder / "libreoffice"
        subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{self.folder}/profile", "--convert-to", "xlsx", "--outdir", out, path],
                       check=True, capture_output=True, timeout=200, stdin=subprocess.DEVNULL)
        return out / path.name

    def findings(self, path, status):
        text = kmaas("request", "check", "--json", path, status=status)
        return json.loads(text[:text.rindex("}") + 1])

    def test_takes_what_is_right_from_either_writer(self):
        path = self.fill(RIGHT)
        for file in (path, self.by_libreoffice(path)):
            said = self.findings(file, 0)
            self.assertEqual((said["right"], said["findings"], said["unknown_columns"]), (True, [], ["Intern nummer"]))

    def test_names_all_that_is_wrong_by_cell_in_both_languages(self):
        wrong = RIGHT | {"Eigenaar": None, "Klasse vertrouwelijkheid": 2, "Sleuteltype": "=1+1", "Account-ID": 12345678901}
        said = self.findings(self.fill(RIGHT, wrong | {"Doel": "MAC"}), 1)
        self.assertEqual({(one["cell"], one["rule"]) for one in said["findings"]}, {("K5", "FORM"), ("R5", "FORM")})
        # Rules judge a row once its cells can be read.
        said = self.findings(self.fill(RIGHT, wrong | {"Doel": "MAC", "Eigenaar": "olga@x.be", "Sleuteltype": None}), 1)
        self.assertEqual({(one["cell"], one["rule"], one["severity"]) for one in said["findings"]},
                         {("G5", "V4", "notice"), ("I5", "V2", "error"), ("N5", "V10", "error")})
        self.assertTrue(all(one["nl"] and one["en"] and one["nl"] != one["en"] for one in said["findings"]))

    def test_marks_the_file_itself_and_takes_it_back_mended(self):
        marked = self.folder / "marked.xlsx"
        said = kmaas("request", "check", "--out", marked, self.fill(RIGHT, RIGHT | {"Doel": "MAC", "Omgeving": "PRODUCTIE"}), status=1)
        self.assertIn("F5  FORM  “PRODUCTIE” is geen toegelaten waarde", said)
        self.assertIn("nog niet in orde", said)
        book = openpyxl.load_workbook(marked)
        sheet = book["Aanvraag"]
        self.assertEqual(book.sheetnames, ["Aanvraag", "Keuzelijsten", "Uitleg"])
        self.assertEqual([sheet.cell(row, 27).value for row in (4, 5)], ["IN ORDE", "FOUT"])
        self.assertIn("F5: “PRODUCTIE”", sheet.cell(5, 33).value)
        self.assertIn("PRODUCTIE", sheet["F5"].comment.text)
        self.assertEqual(sheet["A4"].fill.fgColor.rgb, "FF00FF00")
        self.assertEqual(len(sheet.data_validations.dataValidation), 9)
        sheet["F5"] = "PROD"
        mended = self.folder / "mended.xlsx"
        book.save(mended)
        self.assertEqual(self.findings(mended, 0)["findings"], [])
        again = self.folder / "again.xlsx"
        kmaas("request", "check", "--out", again, mended)
        self.assertEqual(openpyxl.load_workbook(again)["Aanvraag"].cell(5, 27).value, "IN ORDE")

    def test_judges_by_who_is_who(self):
        path = self.fill(RIGHT | {"Sleutelbeheerders": "kim@example.org;Ann@Example.org", "Sleutelgebruikers": "arn:aws:iam::111122223333:role/loket",
                                  "Eigenaar": "ria@example.org"})
        judged = lambda *more, status: json.loads(  # noqa: E731
            (text := kmaas("request", "check", "--json", "--people", PEOPLE, *more, path, status=status))[:text.rindex("}") + 1])
        self.assertEqual(judged("--requester", "ria@example.org", status=0)["findings"], [])
        elsewhere = judged("--requester", "bob@example.org", status=0)["findings"]
        self.assertEqual([(one["rule"], one["severity"]) for one in elsewhere], [("V11", "notice")])
        path = self.fill(RIGHT, name="strangers.xlsx")
        self.assertEqual({one["rule"] for one in judged(status=1)["findings"] if one["severity"] == "error"}, {"V7"})
        self.assertIn("is no person", kmaas("request", "check", "--people", PEOPLE, "--requester", "x@y.z", path, status=1))

    def test_counts_who_may_decide(self):
        said = json.loads(kmaas("people", "check", "--json", "--people", PEOPLE))
        self.assertEqual([(one["code"], one["approvers"]) for one in said["entities"]], [("OVO002949", 1)])
        self.assertEqual(said["central_approvers"], 1)
        self.assertIn("OVO002949", kmaas("people", "check", "--people", PEOPLE))
        twice = self.folder / "people.yaml"
        twice.write_text(PEOPLE.read_text().replace("ann@example.org", "ria@example.org"))
        self.assertIn("is that of ria already", kmaas("people", "check", "--people", twice, status=1))

    def test_writes_over_nothing(self):
        self.assertIn("exists", kmaas("template", "new", self.form, status=1))

    def test_says_in_both_languages_why_a_file_is_none(self):
        text = self.folder / "text.xlsx"
        text.write_text("a,b\n")
        said = kmaas("request", "check", text, status=1)
        self.assertIn("Dit is geen Excel-werkmap", said)
        self.assertIn("This is not an Excel workbook", said)
        self.assertEqual(self.findings(text, 1)["problem"], "NotAWorkbook")

    def test_makes_an_english_form(self):
        form = self.folder / "request.xlsx"
        kmaas("template", "new", "--lang", "en", form)
        sheet = openpyxl.load_workbook(form)["Request"]
        self.assertEqual([cell.value for cell in sheet[3]][:2], ["Request type", "Entity OVO code"])

    def test_checks_the_class_table_and_its_signature(self):
        key, table, signature = self.folder / "key.pem", self.folder / "classes.yaml", self.folder / "classes.sig"
        table.write_text(CLASSES.read_text())
        openssl = lambda *arguments: subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True).stdout  # noqa: E731
        openssl("genpkey", "-algorithm", "ed25519", "-out", key)
        (self.folder / "key.pub").write_bytes(openssl("pkey", "-in", key, "-pubout"))
        signature.write_text(base64.b64encode(openssl("pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", table)).decode())
        named = ["--classes", table, "--signature", signature, "--public-key", self.folder / "key.pub"]
        said = json.loads(kmaas("classes", "check", "--json", *named))
        self.assertEqual(said["classes"]["4"]["custody"], "resident")
        table.write_text(table.read_text() + "\n")
        self.assertIn("the signature is not of these bytes", kmaas("classes", "check", *named, status=1))


if __name__ == "__main__":
    unittest.main(verbosity=2)
