// What is written is read again; what is filled leaves the rest alone.
#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/workbook/form.h"
#include "tests/unit/workbook/parts.h"
#include "workbook/archive.h"
#include "workbook/fill.h"

namespace kmaas::workbook {
namespace {

std::string TextAt(ByteView file, std::string_view sheet, CellRef at) {
  const auto read = Read(file);
  const Cell* cell = read ? read->Find(sheet)->Find(at) : nullptr;
  return cell == nullptr ? "(none)" : cell->text;
}

std::string PartOf(ByteView file, std::string_view name) {
  const Limits limits;
  auto archive = Archive::Open(file, limits);
  const auto bytes = archive->Inflate(name);
  return bytes ? ToString(*bytes) : "(none)";
}

CellChange Change(CellRef at, Value value) { return {at, std::move(value), std::nullopt, ""}; }

std::string FillRefusal(const Bytes& file, const CellChange& change, std::string_view sheet = "S") {
  const auto filled = Fill(file, sheet, {change});
  return filled ? "" : std::string(Name(filled.error().why));
}

TEST(NewWorkbook, IsReadAsItWasMeant) {
  const Bytes file = *Write(Form());
  EXPECT_EQ(file, *Write(Form()));
  const auto read = Read(file);
  ASSERT_TRUE(read) << Name(read.error().why);
  EXPECT_EQ(read->sheets.size(), 2U);
  EXPECT_EQ(TextAt(file, "Request", {2, 2}), "2026-11-23");
  EXPECT_EQ(TextAt(file, "Request", {3, 1}), "=1+1");
  EXPECT_EQ(read->Find("Request")->Find({3, 1})->kind, CellKind::kText);
  EXPECT_EQ(TextAt(file, "Request", {3, 2}), "0.5");
  EXPECT_EQ(TextAt(file, "Request", {4, 1}), "caf\u00e9 <&> \"q\"\n2");
  EXPECT_EQ(TextAt(file, "Request", {4, 2}), "TRUE");
  EXPECT_EQ(TextAt(file, "Lists", {2, 1}), "CHANGE");
}

TEST(NewWorkbook, KeepsTextsThatLookLikeEscapes) {
  for (const char* text : {"_x0041_", "\x07 bell", "a_x005F_", "_x", "\r\n"}) {
    const Bytes file = *Write({{{.name = "S", .cells = {{{1, 1}, text, Style::kNormal}}}}});
    EXPECT_EQ(TextAt(file, "S", {1, 1}), text);
  }
}

TEST(NewWorkbook, RefusesWhatNoSheetCanHold) {
  const auto refusal = [](NewSheet sheet) {
    const auto written = Write({{std::move(sheet)}});
    return written ? "" : std::string(Name(written.error().why));
  };
  EXPECT_EQ(refusal({.name = "a/b"}), "BadSheetName");
  EXPECT_EQ(refusal({.name = std::string(32, 'a')}), "BadSheetName");
  EXPECT_EQ(refusal({.name = "S", .cells = {{{0, 1}, 1.0}}}), "BadCellReference");
  EXPECT_EQ(refusal({.name = "S", .cells = {{{1, 1}, 1.0}, {{1, 1}, 2.0}}}), "BadCellReference");
  EXPECT_EQ(refusal({.name = "S", .cells = {{{1, 1}, std::string(40'000, 'a')}}}), "TooMuchText");
  EXPECT_EQ(refusal({.name = "S", .cells = {{{1, 1}, "\xFF"}}}), "BadValue");
  EXPECT_EQ(refusal({.name = "S", .cells = {{{1, 1}, std::numeric_limits<double>::infinity()}}}),
            "BadValue");
}

TEST(Fill, ChangesTheSheetAndNoOtherPart) {
  const Bytes file = *Write(Form());
  const auto filled = Fill(
      file, "Request", {Change({2, 3}, "arn:x"), Change({9, 1}, "=2"), Change({2, 1}, "CHANGE")});
  ASSERT_TRUE(filled);
  EXPECT_EQ(TextAt(*filled, "Request", {2, 3}), "arn:x");
  EXPECT_EQ(TextAt(*filled, "Request", {9, 1}), "=2");
  EXPECT_EQ(TextAt(*filled, "Request", {2, 1}), "CHANGE");
  EXPECT_EQ(TextAt(*filled, "Request", {3, 1}), "=1+1");
  const Limits limits;
  const auto before = Archive::Open(file, limits);
  const auto after = Archive::Open(*filled, limits);
  for (const auto& [lower, entry] : before->entries()) {
    const bool same = PartOf(file, entry.name) == PartOf(*filled, entry.name);
    EXPECT_EQ(same, entry.name != "xl/worksheets/sheet1.xml") << entry.name;
  }
  EXPECT_EQ(before->entries().size(), after->entries().size());
}

// An entry whose compressed bytes nobody else would make: stored, with the checksum of others.
TEST(Fill, CopiesOtherEntriesAsTheyAreCompressed) {
  Parts parts;
  parts.more["xl/media/image1.png"] = "imageimageimageimageimage";
  Bytes file = parts.File();
  std::string text = ToString(file);
  const std::size_t at = text.find("xl/media/image1.png") + 19;
  file[at + 3] ^= 0xFFU;  // no compressor made this, and no reader can undo it
  const auto filled = Fill(file, "S", {Change({1, 1}, "x")});
  ASSERT_TRUE(filled) << Name(filled.error().why);
  EXPECT_NE(AsText(*filled).find(AsText(file).substr(at, 8)), std::string::npos);
}

TEST(Fill, RefusesASheetWithoutAPlaceForCells) {
  Parts parts;
  parts.sheet = "<sheetPr/>";
  const auto filled = Fill(parts.File(), "S", {Change({1, 1}, "x")});
  ASSERT_FALSE(filled);
  EXPECT_EQ(filled.error().why, Refusal::kUnexpectedXml);
}

TEST(Fill, RefusesACellThatAFormulaElsewhereFills) {
  const Parts parts =
      WithRows("<row r=\"1\"><c r=\"A1\"><f t=\"array\" ref=\"A1:B2\">1</f><v>1</v></c></row>");
  const auto filled = Fill(parts.File(), "S", {Change({2, 2}, "x")});
  ASSERT_FALSE(filled);
  EXPECT_EQ(filled.error().why, Refusal::kFormulaThere);
}

TEST(Fill, KeepsTheStyleOfACellAndTheOrderOfCells) {
  Parts parts = WithRows(
      "<row r=\"2\" spans=\"1:2\"><c r=\"B2\" s=\"0\"/><c r=\"D2\"><v>4</v></c></row>"
      "<row r=\"5\"/>");
  parts.sheet = "<dimension ref=\"B2:D5\"/>" + parts.sheet;
  const auto filled =
      Fill(parts.File(), "S",
           {Change({2, 3}, 3.0), Change({2, 2}, "b"), Change({3, 1}, true), Change({2, 1}, "a")});
  ASSERT_TRUE(filled);
  const std::string sheet = PartOf(*filled, "xl/worksheets/one.xml");
  EXPECT_NE(sheet.find("<dimension ref=\"A2:D5\"/>"), std::string::npos) << sheet;
  EXPECT_NE(sheet.find("<c r=\"B2\" s=\"0\" t=\"inlineStr\">"), std::string::npos) << sheet;
  EXPECT_EQ(Refusing(*filled), "");  // which order would be
  EXPECT_EQ(TextAt(*filled, "S", {2, 4}), "4");
}

TEST(Fill, AddsStylesDatesAndNotes) {
  const CellChange change{{2, 1}, std::nullopt, Style::kError, "not one of the list"};
  const DateTime date{std::chrono::year{2026} / 1 / 2};
  const auto filled = Fill(*Write(Form()), "Request", {change, Change({7, 7}, date)});
  ASSERT_TRUE(filled) << Name(filled.error().why);
  EXPECT_EQ(TextAt(*filled, "Request", {7, 7}), "2026-01-02");
  EXPECT_EQ(TextAt(*filled, "Request", {2, 1}), "NEW");
  const std::string comments = PartOf(*filled, "xl/comments1.xml");
  EXPECT_NE(comments.find("not one of the list"), std::string::npos);
  EXPECT_NE(comments.find("What is asked for"), std::string::npos);
  const auto twice = Fill(*filled, "Lists", {{{1, 1}, std::nullopt, std::nullopt, "new"}});
  ASSERT_TRUE(twice) << Name(twice.error().why);
  EXPECT_NE(PartOf(*twice, "xl/comments2.xml").find("new"), std::string::npos);
  EXPECT_NE(PartOf(*twice, "xl/worksheets/sheet2.xml").find("legacyDrawing"), std::string::npos);
}

TEST(Fill, RefusesFormulasStrangersAndWhatReadRefuses) {
  const Bytes file = WithCell("<c><f>1</f><v>1</v></c>").File();
  EXPECT_EQ(FillRefusal(file, Change({1, 1}, "x")), "FormulaThere");
  EXPECT_EQ(FillRefusal(file, Change({1, 2}, "x")), "");
  EXPECT_EQ(FillRefusal(file, Change({1, 2}, "x"), "T"), "NoSuchSheet");
  EXPECT_EQ(FillRefusal(file, Change({0, 2}, "x")), "BadCellReference");
  EXPECT_EQ(FillRefusal(file, {{1, 2}, std::nullopt, Style::kError, ""}), "MissingPart");
  Parts macros;
  macros.more["xl/vbaProject.bin"] = "x";
  EXPECT_EQ(FillRefusal(macros.File(), Change({1, 2}, "x")), "Macros");
}

}  // namespace
}  // namespace kmaas::workbook
