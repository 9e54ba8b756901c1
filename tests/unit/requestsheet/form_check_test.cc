// What can be said of a request without the service.
#include "requestsheet/form_check.h"

#include <gmock/gmock.h>

#include "keyservice/rows/row_parser.h"
#include "tests/unit/requestsheet/filled_template.h"

namespace kmaas::requestsheet {
namespace {

using keyservice::Message;

Cells RightRow() {
  using enum Column;
  return {{kAction, "NIEUW"},         {kEntityCode, "OVO002949"},
          {kApplicationId, "APP-1"},  {kApplicationName, "Loket"},
          {kEnvironment, "PROD"},     {kConfidentiality, 3.0},
          {kIntegrity, 3.0},          {kPersonalData, "JA"},
          {kPurpose, "VERSLEUTELEN"}, {kServices, "SCHIJF"},
          {kPlatform, "ON-PREM"},     {kAdministrators, "ann@x.be;\nbob@x.be"},
          {kUsers, "carl@x.be"},      {kOwner, "olga@x.be"},
          {kExpiry, "27/11/2027"},    {kChangeNumber, "CHG1"}};
}

std::vector<Message> Found(const RequestSheet& request) {
  const auto today = keyservice::ParseDate("2026-11-27").value();
  std::vector<Message> messages;
  const auto findings = CheckForm(request, {.table = Shipped(), .today = today}).value();
  for (const auto& finding : findings) messages.push_back(finding.message);
  return messages;
}
std::vector<Message> Found(Cells row, std::initializer_list<std::pair<Column, const char*>> with) {
  for (const auto& [column, text] : with) row[column] = std::string(text);
  return Found(Request(Filled({row})));
}

TEST(FormCheck, FindsNothingInARightRow) { EXPECT_TRUE(Found(RightRow(), {}).empty()); }

TEST(FormCheck, LeavesToTheServiceWhetherAKeyIsThere) {
  EXPECT_TRUE(Found(RightRow(), {{Column::kAction, "ROTEER"}}).empty());
  EXPECT_TRUE(Found(RightRow(), {{Column::kAction, "INTREKKEN"}}).empty());
  EXPECT_TRUE(Found(RightRow(), {{Column::kPurpose, "VERSLEUTELEN-02"},
                                 {Column::kJustification, "two databases"}})
                  .empty());
}

TEST(FormCheck, SaysOfACellThatCannotBeReadNothingElse) {
  RequestSheet request = Request(Filled({RightRow()}));
  request.rows[0].cells.erase(Column::kExpiry);
  request.findings.push_back(
      {request.rows[0].number, Column::kExpiry, keyservice::Rule::kForm, Message::kCalculated, {}});
  EXPECT_THAT(Found(request), testing::ElementsAre(Message::kCalculated));
}

TEST(FormCheck, RefusesServicesOfNothingAndArnsOfNobody) {
  EXPECT_THAT(Found(RightRow(), {{Column::kServices, " ; "}}),
              testing::ElementsAre(Message::kMissing));
  EXPECT_THAT(Found(RightRow(), {{Column::kUsers, "arn:rubbish, no ARN"}}),
              testing::ElementsAre(Message::kWrongForm));
}

TEST(FormCheck, SaysOnceWhatAListMayHold) {
  std::string services;
  for (int i = 0; i < 50; ++i) services += "ab;";
  EXPECT_THAT(Found(RightRow(), {{Column::kServices, services.c_str()}}),
              testing::ElementsAre(Message::kUnknownValue));
}

// The last one would be lost among the same name again and again.
TEST(FormCheck, RefusesAListOfMoreThanIsRead) {
  std::string people;
  for (int i = 0; i < 51; ++i) people += "carl@x.be;";
  people += "dora@x.be";
  std::string services;
  for (int i = 0; i < 51; ++i) services += "SCHIJF;";
  services += "OBJECT";
  EXPECT_THAT(Found(RightRow(), {{Column::kUsers, people.c_str()}}),
              testing::ElementsAre(Message::kWrongForm));
  EXPECT_THAT(Found(RightRow(), {{Column::kServices, services.c_str()}}),
              testing::ElementsAre(Message::kWrongForm));
}

}  // namespace
}  // namespace kmaas::requestsheet
