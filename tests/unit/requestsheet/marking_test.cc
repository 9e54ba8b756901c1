// What comes back to whoever sent a request.
#include "requestsheet/marking.h"

#include <gmock/gmock.h>

#include "tests/unit/requestsheet/filled_template.h"

namespace kmaas::requestsheet {
namespace {

using keyservice::Findings;
using keyservice::Message;
using keyservice::Rule;

std::string CellOf(ByteView file, std::uint32_t row, Column column) {
  const auto read = workbook::Read(file).value();
  const workbook::Cell* cell = read.sheets[0].Find(At(row, column));
  return cell == nullptr ? "" : cell->text;
}

struct Marked {
  Bytes file = Filled({{{Column::kAction, "NIEUW"}}, {{Column::kAction, "NIEUW"}}});
  RequestSheet request = Request(file);
  Bytes With(const Findings& findings, Language language = Language::kNl) const {
    return MarkRequest(file, request, findings, language).value();
  }
};

TEST(RequestMarking, SaysForEachRowWhetherItIsRight) {
  const Marked marked;
  const Bytes file = marked.With({{4, Column::kOwner, Rule::kForm, Message::kMissing, {}}});
  EXPECT_EQ(CellOf(file, 4, Column::kStatus), "FOUT");
  EXPECT_EQ(CellOf(file, 4, Column::kError), "R4: Deze cel is verplicht; vul ze in.");
  EXPECT_EQ(CellOf(file, 5, Column::kStatus), "IN ORDE");
  EXPECT_EQ(CellOf(file, 5, Column::kError), "");
}

TEST(RequestMarking, TellsNoticesWithoutCallingTheRowWrong) {
  const Bytes file = Marked().With({{4,
                                     Column::kConfidentiality,
                                     Rule::kV4,
                                     Message::kEncryptionNotRequired,
                                     {"2"},
                                     keyservice::Severity::kNotice}},
                                   Language::kEn);
  EXPECT_EQ(CellOf(file, 4, Column::kStatus), "OK");
  EXPECT_EQ(CellOf(file, 4, Column::kError),
            "G4: For your information: encryption is not required for class 2.");
}

TEST(RequestMarking, IsReadAgainOnceItIsMended) {
  const Marked marked;
  const Bytes file = marked.With({{4, Column::kOwner, Rule::kForm, Message::kMissing, {}}});
  const RequestSheet again = Request(file);
  EXPECT_TRUE(again.findings.empty());
  EXPECT_EQ(again.rows.size(), 2U);
}

TEST(RequestMarking, WritesNoFormulaForAHostileCell) {
  const Marked marked;
  const Bytes file = marked.With(
      {{4, Column::kAction, Rule::kForm, Message::kUnknownValue, {"=cmd|'/c calc'!A0", "NIEUW"}}});
  EXPECT_TRUE(Formulas(workbook::Read(file).value().sheets[0], {{1, 1}, {600, 60}}).empty());
}

}  // namespace
}  // namespace kmaas::requestsheet
