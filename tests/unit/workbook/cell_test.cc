// What cells of a hostile or only unusual sheet are read as.
#include <gtest/gtest.h>

#include "tests/unit/workbook/parts.h"
#include "workbook/dates.h"
#include "workbook/number_formats.h"

namespace kmaas::workbook {
namespace {

std::string Inline(const std::string& text) {
  return "<c t=\"inlineStr\"><is><t>" + text + "</t></is></c>";
}

Cell FirstCell(const Parts& parts) { return ReadParts(parts)->sheets[0].cells.at(0); }

// With one style that has this format.
Parts Formatted(const std::string& format) {
  Parts parts;
  parts.relationships = Relate("rId2", "styles", "styles.xml");
  parts.more["xl/styles.xml"] =
      std::string("<styleSheet xmlns=\"") + kMain +
      "\"><numFmts><numFmt numFmtId=\"170\" formatCode=\"yyyy\"/></numFmts>"
      "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"" +
      format + "\"/></cellXfs></styleSheet>";
  return parts;
}

Parts WithStrings(const std::string& items) {
  Parts parts;
  parts.relationships = Relate("rId2", "sharedStrings", "/xl/strings.xml");
  parts.more["xl/strings.xml"] = std::string("<sst xmlns=\"") + kMain + "\">" + items + "</sst>";
  return parts;
}

TEST(CellValue, IsOfTheTypeThatItClaims) {
  EXPECT_EQ(CellText("<c><v>123456789012</v></c>"), "123456789012");
  EXPECT_EQ(CellText("<c><v>1.23456789012E11</v></c>"), "123456789012");
  EXPECT_EQ(CellText("<c><v>0.1</v></c>"), "0.1");
  EXPECT_EQ(CellText("<c t=\"b\"><v>1</v></c>"), "TRUE");
  EXPECT_EQ(CellText("<c t=\"e\"><v>#N/A</v></c>"), "#N/A");
  EXPECT_EQ(CellText("<c t=\"str\"><v>a b</v></c>"), "a b");
  EXPECT_EQ(CellText("<c t=\"d\"><v>2026-11-23T09:30:00</v></c>"), "2026-11-23T09:30:00");
  for (const char* bad :
       {"<c><v>1x</v></c>", "<c><v>INF</v></c>", "<c t=\"b\"><v>2</v></c>",
        "<c t=\"s\"><v>0</v></c>", "<c t=\"s\"><v>-1</v></c>", "<c t=\"zz\"><v>1</v></c>"}) {
    EXPECT_EQ(CellText(bad), "[BadValue]") << bad;
  }
}

TEST(CellValue, IsNotThereInAnEmptyCell) {
  for (const char* empty :
       {"<c s=\"1\"/>", "<c t=\"n\"/>", "<c t=\"s\"><v/></c>", "<c t=\"inlineStr\"/>"}) {
    EXPECT_EQ(CellText(empty), "") << empty;
  }
}

TEST(CellValue, IsWholeThoughACommentCutsIt) {
  EXPECT_EQ(CellText("<c><v>1<!-- -->2</v></c>"), "12");
  EXPECT_EQ(CellText(Inline("a<![CDATA[<b>]]>")), "a<b>");
}

TEST(CellValue, OfAFormulaIsNotBelieved) {
  const Parts parts = WithRows(
      "<row r=\"1\"><c r=\"A1\"><f>1+1</f><v>2</v></c>"
      "<c r=\"B1\"><f t=\"array\" ref=\"B1:C2\">A1</f><v>2</v></c><c r=\"C1\"><v>7</v></c></row>"
      "<row r=\"2\"><c r=\"B2\"><v>7</v></c><c r=\"D2\"><v>7</v></c></row>");
  const auto read = ReadParts(parts);
  ASSERT_TRUE(read);
  const Sheet& sheet = read->sheets[0];
  EXPECT_EQ(Formulas(sheet, {{1, 1}, {9, 9}}),
            (std::vector<CellRef>{{1, 1}, {1, 2}, {1, 3}, {2, 2}}));
  EXPECT_EQ(sheet.Find({1, 1})->text, "");
  EXPECT_EQ(sheet.Find({2, 2})->text, "");
  EXPECT_EQ(sheet.Find({2, 4})->text, "7");
}

TEST(SharedStrings, JoinRunsAndLeavePronunciationOut) {
  const Parts parts = WithStrings(
      "<si><r><rPr><b/></rPr><t>AB</t></r><r><t xml:space=\"preserve\"> C</t></r>"
      "<rPh sb=\"0\" eb=\"1\"><t>no</t></rPh></si>");
  EXPECT_EQ(CellText("<c t=\"s\"><v>0</v></c>", parts), "AB C");
  EXPECT_EQ(CellText("<c t=\"s\"><v>1</v></c>", parts), "[BadValue]");
}

TEST(SharedStrings, CountForEachCellThatHasThem) {
  Parts parts = WithStrings("<si><t>abcd</t></si>");
  parts.sheet = WithCell("<c t=\"s\"><v>0</v></c><c t=\"s\"><v>0</v></c>").sheet;
  Limits limits;
  limits.all_text_bytes = 8;
  EXPECT_EQ(Refusing(parts, limits), "");
  limits.all_text_bytes = 7;
  EXPECT_EQ(Refusing(parts, limits), "TooMuchText");
}

TEST(Dates, AreToldByTheFormat) {
  for (const char* date : {"14", "22", "45", "170"}) {
    EXPECT_EQ(CellText("<c s=\"1\"><v>46349</v></c>", Formatted(date)), "2026-11-23") << date;
  }
  EXPECT_EQ(CellText("<c s=\"1\"><v>46349</v></c>", Formatted("2")), "46349");
  EXPECT_EQ(CellText("<c s=\"0\"><v>46349</v></c>", Formatted("14")), "46349");
  EXPECT_TRUE(IsDateFormat("[$-413]d mmm yyyy;@"));
  EXPECT_TRUE(IsDateFormat("[h]:mm"));
  for (const char* none : {"General", "0.00", "\"day\"0", "[Red]0", "\\d0", "0;dd", "@"}) {
    EXPECT_FALSE(IsDateFormat(none)) << none;
  }
}

TEST(Dates, HaveAFalseDayIn1900AndNoneIn1904) {
  EXPECT_EQ(ToText(*FromSerial(59, Epoch::k1900)), "1900-02-28");
  EXPECT_EQ(FromSerial(60, Epoch::k1900), std::nullopt);
  EXPECT_EQ(ToText(*FromSerial(61, Epoch::k1900)), "1900-03-01");
  EXPECT_EQ(ToText(*FromSerial(0, Epoch::k1904)), "1904-01-01");
  EXPECT_EQ(ToText(*FromSerial(46349.5, Epoch::k1900)), "2026-11-23T12:00:00");
  EXPECT_EQ(FromSerial(2958466, Epoch::k1900), std::nullopt);
  EXPECT_EQ(FromSerial(-1, Epoch::k1904), std::nullopt);
  for (const double serial : {1.0, 59.0, 61.0, 46349.0, 2958465.0}) {
    EXPECT_EQ(ToSerial(*FromSerial(serial, Epoch::k1900), Epoch::k1900), serial);
  }
  Parts parts = Formatted("14");
  parts.properties = "<workbookPr date1904=\"true\"/>";
  EXPECT_EQ(CellText("<c s=\"1\"><v>44887</v></c>", parts), "2026-11-23");
  parts.sheet = WithCell("<c s=\"1\"><v>9999999</v></c>").sheet;
  EXPECT_EQ(FirstCell(parts).kind, CellKind::kBadDate);
}

TEST(SheetRows, MayLeaveTheirNumbersOut) {
  const auto read =
      ReadParts(WithRows("<row><c><v>1</v></c><c r=\"D1\"><v>2</v></c><c><v>3</v></c></row>"
                         "<row r=\"9\"/><row><c><v>4</v></c></row>"));
  ASSERT_TRUE(read);
  for (const CellRef at : {CellRef{1, 1}, {1, 4}, {1, 5}, {10, 1}}) {
    EXPECT_NE(read->sheets[0].Find(at), nullptr) << ToText(at);
  }
}

TEST(SheetRows, AreRefusedOutOfOrderAndBeyondTheSheet) {
  for (const char* bad :
       {"<row r=\"2\"/><row r=\"2\"/>", "<row r=\"2\"/><row r=\"1\"/>", "<row r=\"1048577\"/>",
        "<row r=\"0\"/>", "<row r=\"x\"/>", "<row r=\"99999999999999999999\"/>",
        "<row r=\"1\"><c r=\"B1\"/><c r=\"A1\"/></row>",
        "<row r=\"1\"><c r=\"A1\"/><c r=\"A1\"/></row>", "<row r=\"1\"><c r=\"A2\"/></row>",
        "<row r=\"1\"><c r=\"XFE1\"/></row>", "<row r=\"1\"><c r=\"XFD1\"/><c/></row>"}) {
    EXPECT_EQ(Refusing(WithRows(bad)), "BadCellReference") << bad;
  }
  EXPECT_EQ(Refusing(WithRows("<x/>")), "UnexpectedXml");
  EXPECT_EQ(Refusing(WithCell("<c><x/></c>")), "UnexpectedXml");
  EXPECT_EQ(Refusing(WithCell("<c xmlns=\"urn:x\"><v>1</v></c>")), "UnexpectedXml");
}

TEST(Sheet, SaysWhatAPersonDoesNotSee) {
  Parts parts;
  parts.sheet =
      "<cols><col min=\"2\" max=\"3\" hidden=\"1\"/></cols><sheetData>"
      "<row r=\"1\"><c><v>1</v></c><c><v>2</v></c></row><row r=\"2\" "
      "hidden=\"1\"><c><v>3</v></c></row>"
      "<row r=\"3\" ht=\"0\"><c><v>4</v></c></row></sheetData>"
      "<mergeCells><mergeCell ref=\"A1:A2\"/></mergeCells>";
  const auto read = ReadParts(parts);
  ASSERT_TRUE(read);
  const Sheet& sheet = read->sheets[0];
  EXPECT_FALSE(sheet.Find({1, 1})->hidden);
  EXPECT_TRUE(sheet.Find({1, 2})->hidden);
  EXPECT_TRUE(sheet.Find({2, 1})->hidden);
  EXPECT_TRUE(sheet.Find({3, 1})->hidden);
  EXPECT_TRUE(sheet.Find({2, 1})->covered);
  EXPECT_FALSE(sheet.Find({1, 1})->covered);
  EXPECT_EQ(ToText(sheet.merged.at(0)), "A1:A2");
}

TEST(Text, IsInOneFormAndSaysWhatNobodySees) {
  EXPECT_EQ(CellText(Inline("e\u0301")), "\u00e9");
  EXPECT_EQ(CellText(Inline("a_x000A_b_x005F_x0041_")), "a\nb_x0041_");
  EXPECT_EQ(CellText(Inline("_xD83D__xDE00_")), "\U0001F600");
  EXPECT_EQ(CellText(Inline("_xD83D_")), "[BadValue]");
  EXPECT_TRUE(FirstCell(WithCell(Inline("a_x0007_"))).marks.controls);
  EXPECT_TRUE(FirstCell(WithCell(Inline("a\u202Eb"))).marks.bidi);
  EXPECT_TRUE(FirstCell(WithCell(Inline("a\u200Bb"))).marks.invisible);
  EXPECT_EQ(FirstCell(WithCell(Inline("Ga\u00EFeta"))).marks, TextMarks{});
}

TEST(Text, IsRefusedBeyondItsBoundsBeforeItIsNormalised) {
  std::string marks = "a";
  for (int i = 0; i < 31; ++i) marks += i % 2 == 0 ? "\u0301" : "\u0316";
  EXPECT_EQ(CellText(Inline(marks)), "[CombiningMarks]");
  EXPECT_EQ(CellText(Inline(std::string(32'768, 'a'))), "[TooMuchText]");
}

TEST(Sheet, RefusesMoreCellsThanItMayHave) {
  Limits limits;
  limits.cells = 2;
  EXPECT_EQ(Refusing(WithCell("<c><v>1</v></c><c/><c><v>1</v></c>"), limits), "");
  EXPECT_EQ(Refusing(WithCell("<c><v>1</v></c><c><v>1</v></c><c><v>1</v></c>"), limits),
            "TooManyCells");
}

TEST(Refusal, SaysInWhichCell) {
  const auto read = ReadParts(WithRows("<row r=\"7\"><c r=\"B7\"><v>x</v></c></row>"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().place.sheet, "S");
  EXPECT_EQ(ToText(*read.error().place.cell), "B7");
}

}  // namespace
}  // namespace kmaas::workbook
