"""Hostile workbooks, the same ones every time: (name, bytes, the refusal that is due; None where any answer is right)."""

import io
import random
import struct
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
SHEET = "xl/worksheets/one.xml"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml."
MIB = 1 << 20


def relationships(*all_of):
    inside = "".join(f'<Relationship Id="r{i}" Type="{OFFICE}/{kind}" Target="{target}"{more}/>' for i, (kind, target, more) in enumerate(all_of))
    return f'<Relationships xmlns="{PACKAGE}relationships">{inside}</Relationships>'


def sheet(inside):
    return f'<worksheet xmlns="{MAIN}">{inside}</worksheet>'


def rows(*cells):
    return sheet("<sheetData><row>" + "".join(cells) + "</row></sheetData>")


def parts(**changes):
    """A whole workbook; keywords: types, sheet, strings. Others are parts, by `more`."""
    whole = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}content-types"><Override PartName="/xl/workbook.xml" ContentType="{KIND}sheet.main+xml"/>'
                               + changes.get("types", "") + "</Types>",
        "_rels/.rels": relationships(("officeDocument", "xl/workbook.xml", "")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="r0"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relationships(("worksheet", "worksheets/one.xml", ""), ("sharedStrings", "strings.xml", "")),
        "xl/strings.xml": f'<sst xmlns="{MAIN}">' + changes.get("strings", "<si><t>text</t></si>") + "</sst>",
        SHEET: changes.get("sheet", rows('<c t="s"><v>0</v></c>', "<c><v>1</v></c>")),
    }
    return {**whole, **changes.get("more", {})}


def pack(content, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, text in content.items():
            archive.writestr(zipfile.ZipInfo(name), text, method, 9)
    return out.getvalue()


def record(file, name):
    """Where the local header of an entry is, and where its record in the central directory."""
    wanted = name.encode()
    return file.index(wanted) - 30, file.rindex(wanted) - 46


def forged(file, name, size):
    changed = bytearray(file)
    local, central = record(file, name)
    for at in (local + 22, central + 24):
        changed[at:at + 4] = struct.pack("<I", size)
    return bytes(changed)


def bombs():
    for mib in (1, 4, 8, 9, 16, 64, 200):
        file = pack(parts(sheet=sheet("<sheetData/>" + " " * (mib * MIB))))
        yield f"bomb of {mib} MiB of blanks", file, None
        for size in (0, 100, 4096, 8 * MIB):
            yield f"bomb of {mib} MiB that declares {size} bytes", forged(file, SHEET, size), None
    for where in ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/strings.xml"):
        content = parts()
        content[where] += " " * (100 * MIB)
        yield f"bomb in {where}", pack(content), "PartTooLarge"
    # Dense in elements, not in bytes: 4 bytes of file are 64 of a tree. Of changing letters, to stay within the ratio.
    letters = random.Random(7)
    for kind, piece in (("elements", "<{}/>"), ("elements with attributes", "<{} a='' b='' c=''/>"), ("comments", "<!--{}-->"), ("texts", "<{0}>t</{0}>")):
        for mib in (1, 4, 7):
            text = "".join(piece.format(letters.choice("abcdefgh")) for _ in range(mib * MIB // len(piece)))
            yield f"{mib} MiB of {kind}", pack(parts(sheet=sheet(text))), None
    for depth in (49, 1000, 100_000, 1_000_000):
        yield f"{depth} elements deep", pack(parts(sheet=sheet("<a>" * depth + "</a>" * depth))), "TooDeepXml" if depth < 100_000 else "ExpandsTooMuch" if depth < 400_000 else None
    yield "many parts", pack({**parts(), **{f"x/{i}": "" for i in range(200)}}), "TooManyParts"
    yield "very many parts", pack({f"{i}": "" for i in range(15_000)}), "TooManyParts"
    yield "many large relationships", pack({**parts(), **{f"x/_rels/{i}.rels": relationships(*[("image", f"m{i}.png", "")] * 6000)
                                                          for i in range(60)}}), None


def texts():
    long = "".join(random.Random(8).choices("abcdefgh", k=32_000))
    yield "one long text in many cells", pack(parts(strings=f"<si><t>{long}</t></si>", sheet=rows(*['<c t="s"><v>0</v></c>'] * 16_000))), "TooMuchText"
    yield "a text beyond its bound", pack(parts(strings=f"<si><t>{long}{long}</t></si>")), "TooMuchText"
    marks = "".join(random.Random(9).choices("\u0316\u0301\u0327\u0345", k=15_000))
    items = "".join(f"<si><t>{i}{marks}</t></si>" for i in range(100))
    yield "marks upon marks", pack(parts(strings=items)), "CombiningMarks"
    ordered = ("\u0301" * 7_500 + "\u0316" * 7_500)
    yield "marks in the wrong order", pack(parts(strings="".join(f"<si><t>{i}{ordered}</t></si>" for i in range(200)))), None
    yield "a million strings", pack(parts(strings="<si><t>a</t></si>" * 400_000)), None
    yield "a hundred thousand cells", pack(parts(sheet=rows(*(f"<c><v>{i}</v></c>" for i in range(16_000)), "</row><row>",
                                                          *(f"<c><v>{i}</v></c>" for i in range(16_000)), "</row><row>",
                                                          *(f"<c><v>{i}</v></c>" for i in range(16_000)), "</row><row>",
                                                          *(f"<c><v>{i}</v></c>" for i in range(16_000))))), None
    merged = "".join(f'<mergeCell ref="A{i + 1}:XFD{i + 1000}"/>' for i in range(50_000))
    yield "many merged ranges", pack(parts(sheet=sheet(f"<sheetData/><mergeCells>{merged}</mergeCells>"))), "TooMuchXml"
    yield "columns upon columns", pack(parts(sheet=sheet("<cols>" + '<col min="1" max="16384"/>' * 50_000 + "</cols><sheetData/>"))), "ExpandsTooMuch"
    for bad, why in (("<c><v>1e999</v></c>", "BadValue"), ('<c t="s"><v>4294967295</v></c>', "BadValue"), ('<c r="A0"/>', "BadCellReference"),
                     ('<c r="ZZZZZ1"/>', "BadCellReference"), ('<c r="A99999999999"/>', "BadCellReference"), ("<b/>", "UnexpectedXml")):
        yield f"cell {bad}", pack(parts(sheet=rows(bad))), why


def hazards():
    for name, why in (("xl/vbaProject.bin", "Macros"), ("xl/VBAPROJECT.BIN", "Macros"), ("xl/macrosheets/s.xml", "Macros"), ("xl/embeddings/o.bin", "EmbeddedObject"),
                      ("xl/externalLinks/e.xml", "ExternalLink"), ("xl/activeX/a.bin", "ActiveX"), ("xl/xmlMaps.xml", "XmlMap"),
                      ("xl/connections.xml", "DataConnection"), ("_xmlsignatures/s.xml", "Signed"), ("../x", "BadPartName"), ("/x", "BadPartName"),
                      ("a\\b", "BadPartName"), ("a//b", "BadPartName")):
        yield f"part {name}", pack({**parts(), name: "<a/>"}), why
    yield "DDE", pack({**parts(), "xl/externalLinks/e.xml": "<externalLink><ddeLink/></externalLink>"}), "Dde"
    for kind, why in (("vbaProject", "Macros"), ("oleObject", "EmbeddedObject"), ("externalLink", "ExternalLink"), ("control", "ActiveX"), ("xmlMaps", "XmlMap"),
                      ("image", "ExternalLink"), ("attachedTemplate", "ExternalLink")):
        external = relationships((kind, "http://example.invalid/", ' TargetMode="External"'))
        yield f"relationship {kind}", pack({**parts(), "xl/worksheets/_rels/one.xml.rels": external}), why
    for kind, why in (("vnd.ms-office.vbaProject", "Macros"), ("vnd.ms-excel.sheet.macroEnabled.main+xml", "Macros"),
                      ("vnd.ms-excel.sheet.binary.macroEnabled.main", "BinaryWorkbook")):
        yield f"type {kind}", pack(parts(types=f'<Override PartName="/x" ContentType="application/{kind}"/>')), why
    laughs = "<!DOCTYPE a [" + "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10)) + "]>"
    for where in parts():
        content = parts()
        content[where] = laughs + content[where]
        yield f"entities in {where}", pack(content), "Doctype"
        content[where] = '<!DOCTYPE a SYSTEM "file:///etc/passwd">' + parts()[where]
        yield f"a file's entity in {where}", pack(content), "Doctype"
        content[where] = parts()[where].encode("utf-16")
        yield f"UTF-16 in {where}", pack(content), "Encoding"
    for target in ("../../x.xml", "../../../etc/passwd", "a//b"):
        yield f"target {target}", pack({**parts(), "xl/_rels/workbook.xml.rels": relationships(("worksheet", target, ""))}), "BadRelationship"
    yield "no such sheet", pack({**parts(), "xl/_rels/workbook.xml.rels": relationships(("worksheet", "none.xml", ""))}), "MissingPart"


def spoilt():
    whole = pack(parts())
    locked = bytearray(whole)
    local, central = record(whole, SHEET)
    locked[local + 6] |= 1
    locked[central + 8] |= 1
    yield "an entry with a password", bytes(locked), "Password"
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    yield "a password", ole + "EncryptedPackage".encode("utf-16-le"), "Password"
    yield "an old workbook", ole + "Workbook".encode("utf-16-le"), "OldExcel"
    yield "another compound file", ole, "NotAWorkbook"
    yield "nothing", b"", "NotAWorkbook"
    yield "larger than a file may be", whole + bytes(2 * MIB), "FileTooLarge"
    yield "bytes behind its end", whole + b"x", "CorruptArchive"
    yield "a script before its start", b"#!/bin/sh\n" + whole, "NotAWorkbook"
    with_twice = pack({**parts(), "xl/worksheets/two.xml": "<a/>"})
    yield "an entry twice", with_twice.replace(b"xl/worksheets/two.xml", b"xl/worksheets/one.xml"), "CorruptArchive"
    for entries in (0, 1, 1000, 65_535):
        changed = bytearray(whole)
        changed[-14:-10] = struct.pack("<HH", entries, entries)
        yield f"{entries} entries declared", bytes(changed), None
    for size in range(1, len(whole), max(1, len(whole) // 60)):
        yield f"cut after {size} bytes", whole[:size], None
    dice = random.Random(10)
    stored = pack(parts(), zipfile.ZIP_STORED)
    for number in range(120):
        changed = bytearray(whole if number % 2 else stored)
        for _ in range(1 + number % 4):
            changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
        yield f"bits turned, {number}", bytes(changed), None


def all_of_them():
    for family in (bombs, texts, hazards, spoilt):
        for name, file, due in family():
            yield family.__name__, name, file, due
