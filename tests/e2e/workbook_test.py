"""Workbooks between kmaas and the programs that people have: what openpyxl, LibreOffice, Gnumeric, SheetJS and ExcelJS write is read, what is
written and filled they read, and what they had in it is there still."""

import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile

import openpyxl

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("KMAAS_BUILD", SOURCE / "build"))
TOOL = BUILD / "tests/campaigns/workbooks/workbook_tool"
CLIENTS = pathlib.Path(os.environ.get("KMAAS_CLIENTS", SOURCE / "build/clients"))

if subprocess.run([SOURCE / "tests/clients/install", "--check", "--into", CLIENTS], stdin=subprocess.DEVNULL, check=False).returncode != 0:
    sys.exit(f"{CLIENTS}: SheetJS and ExcelJS are not there; tests/clients/install installs them from npm")

FORM = {"A1": "Type", "B1": "When", "A2": "NEW", "B2": "2026-11-23", "A3": "=1+1", "B3": 0.5, "A4": 'caf\u00e9 <&> "q"\n2', "B4": True}
OURS = {"A1": "Type", "B1": "When", "C1": "Account", "A2": "NEW", "B2": "2026-11-23", "C2": "012345678901", "A3": "caf\u00e9 <&>", "B3": "TRUE", "C3": "12.5"}


def run(*command, status=0):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, timeout=200, stdin=subprocess.DEVNULL)
    if done.returncode != status:
        raise AssertionError(f"{command}: {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


class Workbooks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.form = self.folder / "form.xlsx"
        run(TOOL, "new", self.form)

    # Writers.

    def by_openpyxl(self):
        path = self.folder / "openpyxl.xlsx"
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "Request"
        for row in (["Type", "When", "Account"], ["NEW", datetime.date(2026, 11, 23), "012345678901"], ["caf\u00e9 <&>", True, 12.5]):
            sheet.append(row)
        sheet["C2"].fill = openpyxl.styles.PatternFill("solid", fgColor="00FF00")
        sheet["A1"].comment = openpyxl.comments.Comment("a note", "somebody")
        sheet.conditional_formatting.add("A1:A9", openpyxl.formatting.rule.CellIsRule(operator="equal", formula=["1"]))
        choice = openpyxl.worksheet.datavalidation.DataValidation(type="list", formula1='"NEW,CHANGE"')
        choice.add("A2")
        sheet.add_data_validation(choice)
        sheet.freeze_panes = "A2"
        sheet.column_dimensions["A"].width = 33
        book.save(path)
        return path

    def by_libreoffice(self, source, kind="xlsx"):
        out = self.folder / "libreoffice"
        profile = f"-env:UserInstallation=file://{self.folder}/profile"
        run("soffice", "--headless", profile, "--convert-to", kind, "--outdir", out, source)
        return out / f"{source.stem}.{kind}"

    def by_gnumeric(self, source):
        path = self.folder / "gnumeric.xlsx"
        run("ssconvert", "-T", "Gnumeric_Excel:xlsx2", source, path)
        return path

    def by_javascript(self, library):
        path = self.folder / f"{library}.xlsx"
        run(CLIENTS / "node", SOURCE / "tests/clients/workbook.mjs", CLIENTS, library, "write", path)
        return path

    def writers(self):
        openpyxls = self.by_openpyxl()
        return {"openpyxl": openpyxls, "libreoffice": self.by_libreoffice(openpyxls), "gnumeric": self.by_gnumeric(openpyxls),
                "sheetjs": self.by_javascript("sheetjs"), "exceljs": self.by_javascript("exceljs")}

    # Readers: address to value.

    def openpyxl_reads(self, path):
        cells = [cell for row in openpyxl.load_workbook(path).worksheets[0].iter_rows() for cell in row if cell.value is not None]
        return {cell.coordinate: cell.value.date().isoformat() if isinstance(cell.value, datetime.datetime) else cell.value for cell in cells}

    def javascript_reads(self, library, path):
        return json.loads(run(CLIENTS / "node", SOURCE / "tests/clients/workbook.mjs", CLIENTS, library, "read", path))

    def ours(self, path):
        return {at: text for at, (_, text) in json.loads(run(TOOL, "read", path))["Request"].items()}

    def test_reads_what_every_writer_writes(self):
        for writer, path in self.writers().items():
            with self.subTest(writer):
                read = self.ours(path)
                # LibreOffice writes a truth value as the formula TRUE(), and a formula has no value here.
                expected = {**OURS, "B3": ""} if writer == "libreoffice" else OURS
                self.assertEqual({at: read.get(at) for at in expected}, expected)

    def test_what_it_writes_every_reader_reads(self):
        self.assertEqual(self.openpyxl_reads(self.form), FORM)
        self.assertEqual(self.javascript_reads("exceljs", self.form), FORM)
        self.assertEqual(self.javascript_reads("sheetjs", self.form), {**FORM, "B2": 46349})
        # A text that begins with = is a text to them, too; openpyxl cannot tell it from a formula that it reads. It does not read Gnumeric's notes.
        libreoffice, gnumeric = self.by_libreoffice(self.form), self.by_gnumeric(self.form)
        self.assertEqual({at: self.openpyxl_reads(libreoffice)[at] for at in FORM}, {**FORM, "B4": "=TRUE()"})
        self.assertEqual({at: self.javascript_reads("sheetjs", gnumeric)[at] for at in FORM}, {**FORM, "B2": 46349})
        for converted in (libreoffice, gnumeric):
            self.assertEqual(json.loads(run(TOOL, "read", converted))["Request"]["A3"], ["text", "=1+1"])

    def test_notes_choices_and_panes_are_those_of_the_form(self):
        for path in (self.form, self.by_libreoffice(self.form)):
            sheet = openpyxl.load_workbook(path).worksheets[0]
            self.assertIn("What is asked for", sheet["A1"].comment.text)
            choice = sheet.data_validations.dataValidation[0]
            self.assertEqual((str(choice.sqref), choice.formula1.replace("'", "")), ("A2:A9", "Lists!$A$1:$A$2"))
        # Without a window LibreOffice writes no panes.
        self.assertEqual(openpyxl.load_workbook(self.form).worksheets[0].freeze_panes, "A2")

    def test_fills_what_every_writer_writes_and_leaves_the_rest(self):
        for writer, path in self.writers().items():
            with self.subTest(writer):
                filled = self.folder / f"filled_{writer}.xlsx"
                run(TOOL, "fill", path, filled, "Request", "D2", "=arn:aws", "a note of ours")
                # ExcelJS does not read a file of openpyxl with notes, as it was or filled.
                third = "sheetjs" if writer == "openpyxl" else "exceljs"
                for read in (self.ours(filled), self.openpyxl_reads(filled), self.javascript_reads(third, filled)):
                    self.assertEqual(read["D2"], "=arn:aws")
                    self.assertEqual(read["C2"], "012345678901")
                sheet = openpyxl.load_workbook(filled)["Request"]
                self.assertIn("a note of ours", sheet["D2"].comment.text)
                self.assertEqual(sheet["D2"].fill.fgColor.rgb, "FFFFC7CE")
                self.check_parts(path, filled)
                self.assertEqual(self.ours(self.by_libreoffice(filled))["D2"], "=arn:aws")

    def check_parts(self, path, filled):
        """Every entry that is not about sheets, styles, notes or what names them has its compressed bytes."""
        before, after = zipfile.ZipFile(path), zipfile.ZipFile(filled)
        self.assertIsNone(after.testzip())
        for name in before.namelist():
            about = any(word in name.lower() for word in ("worksheets/", "styles", "comments", "drawing", "[content_types]"))
            self.assertEqual(about or self.raw(path, before, name) == self.raw(filled, after, name), True, name)

    @staticmethod
    def raw(path, archive, name):
        info = archive.getinfo(name)
        header = path.read_bytes()[info.header_offset:]
        start = 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        return header[start:start + info.compress_size]

    def test_a_filled_workbook_keeps_its_looks(self):
        filled = self.folder / "filled.xlsx"
        run(TOOL, "fill", self.by_openpyxl(), filled, "Request", "C2", "new", "")
        sheet = openpyxl.load_workbook(filled)["Request"]
        self.assertEqual(sheet["C2"].value, "new")
        self.assertEqual(sheet.column_dimensions["A"].width, 33)
        self.assertEqual(sheet.freeze_panes, "A2")
        self.assertEqual(len(sheet.conditional_formatting), 1)
        self.assertEqual(sheet["A1"].comment.text, "a note")
        self.assertEqual(str(sheet.data_validations.dataValidation[0].sqref), "A2")

    def test_other_kinds_of_files_are_told_by_their_names(self):
        for kind, why in (("ods", "OpenDocument"), ("xls", "OldExcel"), ("csv", "NotAWorkbook")):
            path = self.by_libreoffice(self.form, kind)
            self.assertEqual(json.loads(run(TOOL, "read", path, status=1))["refused"], why)


if __name__ == "__main__":
    unittest.main(verbosity=2)
