// The form that requesters fill in.
#include <gmock/gmock.h>

#include "tests/unit/requestsheet/filled_template.h"

namespace kmaas::requestsheet {
namespace {

TEST(RequestTemplate, HasEachColumnInItsOrderInEitherLanguage) {
  for (const Language language : {Language::kNl, Language::kEn}) {
    const auto read = workbook::Read(Template(language)).value();
    ASSERT_EQ(read.sheets.size(), 3U);
    for (const auto& facts : keyservice::Columns()) {
      const workbook::Cell* header = read.sheets[0].Find(At(kFirstRow - 1, facts.column));
      ASSERT_NE(header, nullptr) << facts.id;
      EXPECT_EQ(header->text, facts.header.In(language));
    }
  }
}

TEST(RequestTemplate, ListsTheEnvironmentsOfTheClassTable) {
  const auto read = workbook::Read(Template()).value();
  std::vector<std::string> texts;
  for (const workbook::Cell& cell : read.Find("Keuzelijsten")->cells) texts.push_back(cell.text);
  EXPECT_THAT(texts, testing::IsSupersetOf({"PROD", "T&I", "DEV", "NIEUW", "VERSLEUTELEN-02"}));
}

TEST(RequestTemplate, ExplainsEachColumn) {
  const auto read = workbook::Read(Template(Language::kEn)).value();
  EXPECT_EQ(read.Find("Explanation")->cells.size(), 3 * (keyservice::Columns().size() + 1));
}

TEST(RequestTemplate, IsTheSameFileEachTime) { EXPECT_EQ(Template(), Template()); }

TEST(RequestTemplate, IsNoRequestWhileNothingIsFilledIn) {
  EXPECT_EQ(ProblemName(Template()), "NoRows");
}

}  // namespace
}  // namespace kmaas::requestsheet
