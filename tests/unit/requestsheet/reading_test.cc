// Rows out of what people send.
#include <gmock/gmock.h>

#include "tests/unit/requestsheet/filled_template.h"
#include "tests/unit/workbook/parts.h"

namespace kmaas::requestsheet {
namespace {

using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;

std::vector<std::string> Sentences(const RequestSheet& request) {
  std::vector<std::string> sentences;
  for (const auto& finding : request.findings) {
    sentences.push_back(request.layout.Address(*finding.column, finding.row) + ": " +
                        finding.In(Language::kEn));
  }
  return sentences;
}

// A sheet named Aanvraag with all headers in its first row, and these rows and what follows them.
Bytes Sheet(const std::string& rows, const std::string& after = "", const std::string& before = "",
            const std::string& of_headers = "") {
  std::string headers;
  std::uint32_t column = 1;
  for (const auto& facts : keyservice::Columns()) {
    headers += "<c r=\"" + workbook::ColumnName(column++) + "1\" t=\"inlineStr\"><is><t>" +
               std::string(facts.header.In(Language::kNl)) + "</t></is></c>";
  }
  workbook::Parts parts;
  parts.sheet = before + "<sheetData><row r=\"1\"" + of_headers + ">" + headers + "</row>" + rows +
                "</sheetData>" + after;
  return parts.File();
}
std::string Text(const std::string& at, const std::string& text) {
  return "<c r=\"" + at + "\" t=\"inlineStr\"><is><t xml:space=\"preserve\">" + text +
         "</t></is></c>";
}
std::string Row(const std::string& cells, const std::string& more = "") {
  return "<row r=\"2\"" + more + ">" + cells + "</row>";
}

TEST(RequestReading, TakesTextsNumbersAndDatesAsTheyAreMeant) {
  using std::chrono::year;
  const RequestSheet request =
      Request(Filled({{{Column::kAction, "NIEUW"},
                       {Column::kOwner, "  olga@x.be\u00a0"},
                       {Column::kIntegrity, 3.0},
                       {Column::kAccountId, 111122223333.0},
                       {Column::kExpiry, workbook::DateTime{.day = year{2028} / 11 / 27}}}}));
  EXPECT_TRUE(request.findings.empty());
  ASSERT_EQ(request.rows.size(), 1U);
  EXPECT_EQ(request.rows[0].number, static_cast<int>(kFirstRow));
  EXPECT_THAT(
      request.rows[0].cells,
      UnorderedElementsAre(Pair(Column::kAction, "NIEUW"), Pair(Column::kOwner, "olga@x.be"),
                           Pair(Column::kIntegrity, "3"), Pair(Column::kAccountId, "111122223333"),
                           Pair(Column::kExpiry, "2028-11-27")));
}

TEST(RequestReading, KnowsTheLanguageOfTheHeaders) {
  const Cells row = {{Column::kAction, "NEW"}};
  EXPECT_EQ(Request(Filled({row}, Language::kEn)).layout.language, Language::kEn);
  EXPECT_EQ(Request(Filled({row}, Language::kNl)).layout.language, Language::kNl);
}

TEST(RequestReading, FindsHeadersOfOtherSpacesAndLetters) {
  const Bytes file =
      workbook::Fill(Filled({{{Column::kAction, "NIEUW"}}}), "Aanvraag",
                     {{At(kFirstRow - 1, Column::kKeySpec), " SLEUTEL\u200bTYPE\u00a0", {}, {}}})
          .value();
  EXPECT_EQ(ProblemName(file), "");
}

TEST(RequestReading, NamesEachCellThatCannotBeTaken) {
  EXPECT_THAT(
      Sentences(Request(
          Sheet(Row("<c r=\"A2\"><f>1+1</f><v>2</v></c>" + Text("E2", "a\u202eb") +
                    "<c r=\"G2\" t=\"e\"><v>#N/A</v></c>" + Text("Z2", std::string(1025, 'x')))))),
      ElementsAre(
          "A2: This cell is calculated, and its result may be out of date. Type the value itself.",
          "E2: This cell holds characters that nobody sees. Clear the cell and type the value "
          "again.",
          "G2: This cell holds the error #N/A; type a value.",
          "Z2: This cell is too long: at most 1024 characters."));
}

TEST(RequestReading, RefusesWhatIsHidden) {
  const std::string sentence =
      "A2: This cell is hidden. Show its row and column, or empty the cell.";
  EXPECT_THAT(Sentences(Request(Sheet(Row(Text("A2", "NIEUW"), " hidden=\"1\"")))),
              ElementsAre(sentence));
  EXPECT_THAT(Sentences(Request(Sheet(Row(Text("A2", "NIEUW")), "",
                                      "<cols><col min=\"1\" max=\"1\" hidden=\"1\"/></cols>"))),
              ElementsAre(sentence));
}

TEST(RequestReading, RefusesMergedCells) {
  EXPECT_THAT(
      Sentences(Request(
          Sheet(Row(Text("A2", "NIEUW")), "<mergeCells><mergeCell ref=\"A2:A3\"/></mergeCells>"))),
      ElementsAre(
          "A2: This cell is merged with others. Split the cells and fill in each row by itself."));
}

// Two rows of the same content; the second is hidden behind what the first shows.
TEST(RequestReading, RefusesEachRowOfAMergedRange) {
  const std::string rows =
      Row(Text("A2", "NIEUW") + Text("B2", "x")) + "<row r=\"3\">" + Text("A3", "NIEUW") + "</row>";
  EXPECT_EQ(
      Request(Sheet(rows, "<mergeCells><mergeCell ref=\"B2:B3\"/></mergeCells>")).findings.size(),
      2U);
}

TEST(RequestReading, RefusesADateWhereNoneBelongs) {
  using std::chrono::year;
  const RequestSheet request =
      Request(Filled({{{Column::kApplicationId, workbook::DateTime{.day = year{2026} / 3 / 12}}}}));
  ASSERT_EQ(request.findings.size(), 1U);
  EXPECT_EQ(request.findings[0].message, keyservice::Message::kDateThere);
}

TEST(RequestReading, LeavesOutWhatAnEarlierCheckWrote) {
  EXPECT_EQ(ProblemName(Sheet(Row(Text("AA2", "FOUT") + Text("AG2", std::string(2000, 'x'))))),
            "NoRows");
}

TEST(RequestReading, TellsOfAColumnWithoutAHeader) {
  EXPECT_THAT(Request(Sheet(Row(Text("A2", "NIEUW") + Text("AZ2", "x")))).layout.unknown,
              ElementsAre(Pair(52U, "AZ")));
}

TEST(RequestReading, RefusesHeadersThatPeopleMightNotSee) {
  const Bytes file = Filled({{{Column::kAction, "NIEUW"}}});
  const auto with = [&](workbook::Value header) {
    return ProblemName(
        workbook::Fill(file, "Aanvraag", {{At(kFirstRow - 1, Column::kRemarks), header, {}, {}}})
            .value());
  };
  EXPECT_EQ(with("Opmer\u202eking"), "BadHeader");
  EXPECT_EQ(with(1.0), "BadHeader");
  std::string rows = Row(Text("A2", "NIEUW"));
  EXPECT_EQ(ProblemName(Sheet(rows, "<mergeCells><mergeCell ref=\"A1:B1\"/></mergeCells>")),
            "BadHeader");
}

TEST(RequestReading, RefusesAHiddenRowOfHeaders) {
  EXPECT_EQ(ProblemName(Sheet(Row(Text("A2", "NIEUW")), "", "", " hidden=\"1\"")), "BadHeader");
}

TEST(RequestReading, RefusesASecondRowOfHeaders) {
  std::vector<workbook::CellChange> headers;
  for (const auto& facts : keyservice::Columns()) {
    headers.push_back({At(20, facts.column), std::string(facts.header.In(Language::kEn)), {}, {}});
  }
  const Bytes file =
      workbook::Fill(Filled({{{Column::kAction, "NIEUW"}}}), "Aanvraag", headers).value();
  EXPECT_EQ(ProblemName(file), "TwoHeaderRows");
}

TEST(RequestReading, RefusesASecondSheetOfTheKind) {
  workbook::NewWorkbook book = RequestTemplate(Shipped(), Language::kNl);
  book.sheets.push_back(book.sheets[0]);
  book.sheets.back().name = "Aanvraag (2)";
  EXPECT_EQ(ProblemName(Write(book).value()), "TwoRequestSheets");
}

TEST(RequestReading, RefusesAHiddenSheet) {
  workbook::NewWorkbook book = RequestTemplate(Shipped(), Language::kNl);
  book.sheets[0].visibility = workbook::Visibility::kHidden;
  EXPECT_EQ(ProblemName(Write(book).value()), "HiddenRequestSheet");
}

TEST(RequestReading, TakesTheLongestCell) {
  EXPECT_THAT(Sentences(Request(Sheet(Row(Text("Z2", std::string(1024, 'x')))))), ElementsAre());
}

TEST(RequestReading, SkipsRowsOfSpaces) {
  EXPECT_EQ(ProblemName(Sheet(Row(Text("A2", " \u00a0 ")))), "NoRows");
}

TEST(RequestReading, RefusesMoreRowsThanAreAllowed) {
  const auto rows = [](int count) {
    return std::vector<Cells>(static_cast<std::size_t>(count), {{Column::kAction, "NIEUW"}});
  };
  EXPECT_EQ(ProblemName(Filled(rows(kRowsMax))), "");
  EXPECT_EQ(ProblemName(Filled(rows(kRowsMax + 1))), "TooManyRows");
}

TEST(RequestReading, RefusesASheetWithoutAMandatoryColumn) {
  const Bytes file = workbook::Fill(Filled({{{Column::kAction, "NIEUW"}}}), "Aanvraag",
                                    {{At(kFirstRow - 1, Column::kOwner), "Eigenares", {}, {}}})
                         .value();
  const auto read = ReadRequest(file);
  EXPECT_EQ(std::get<Problem>(read).In(Language::kNl),
            "Deze kolommen ontbreken: Eigenaar. Begin met een leeg sjabloon.");
}

TEST(RequestReading, RefusesAColumnThatIsThereTwice) {
  const Bytes file = workbook::Fill(Filled({{{Column::kAction, "NIEUW"}}}), "Aanvraag",
                                    {{At(kFirstRow - 1, Column::kRemarks), "Owner", {}, {}}})
                         .value();
  EXPECT_EQ(std::get<Problem>(ReadRequest(file)).In(Language::kEn),
            "The column “Owner” is there twice: R3 and Z3. Remove one of them.");
}

TEST(RequestReading, KeepsColumnsThatItDoesNotKnow) {
  const Bytes file = workbook::Fill(Filled({{{Column::kAction, "NIEUW"}}}), "Aanvraag",
                                    {{{kFirstRow - 1, 40}, "Intern nummer", {}, {}}})
                         .value();
  EXPECT_THAT(Request(file).layout.unknown, ElementsAre(Pair(40U, "Intern nummer")));
}

TEST(RequestReading, RefusesWhatIsNoRequest) {
  workbook::Parts parts;
  EXPECT_EQ(ProblemName(parts.File()), "NoRequestSheet");
  EXPECT_EQ(ProblemName(AsBytes("a,b,c\n")), "NotAWorkbook");
}

TEST(RequestProblem, HasASentenceForEachRefusal) {
  for (int why = 0; why <= static_cast<int>(workbook::Refusal::kNoSuchSheet); ++why) {
    const Problem problem = ProblemOf({static_cast<workbook::Refusal>(why)});
    EXPECT_FALSE(problem.In(Language::kNl).empty()) << problem.name;
    EXPECT_FALSE(problem.In(Language::kEn).empty()) << problem.name;
  }
}

}  // namespace
}  // namespace kmaas::requestsheet
