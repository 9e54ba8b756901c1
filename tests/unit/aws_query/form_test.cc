// Forms: what is taken, what is refused, and the two names that are looked for before anybody is
// asked who they are.
#include "frontends/aws_query/form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kmaas::aws_query {
namespace {

// "name=value;" for each, or the refusal.
std::string Parsed(std::string_view body) {
  const auto parameters = ParseForm(body);
  if (!parameters) return "refused: " + parameters.error().message;
  std::string text;
  for (const Parameter& one : *parameters) text += one.name + "=" + one.value + ";";
  return text;
}

TEST(Form, UnescapesNamesAndValues) {
  EXPECT_EQ(Parsed("Action=GetUser&UserName=al%69ce+b%2Bc"), "Action=GetUser;UserName=alice b+c;");
  EXPECT_EQ(Parsed("a=%C3%A9&b=1=2&c&d="), "a=\xc3\xa9;b=1=2;c=;d=;");
  EXPECT_EQ(Parsed("%41=1"), "A=1;");
  EXPECT_EQ(Parsed(""), "");
  EXPECT_EQ(Parsed("&&a=1&"), "a=1;");
}

TEST(Form, RefusesANameThatStandsTwice) {
  EXPECT_EQ(Parsed("a=1&b=2&a=1"), "refused: Duplicate parameter a.");
  EXPECT_EQ(Parsed("Action=1&%41ction=1"), "refused: Duplicate parameter Action.");
}

TEST(Form, RefusesBadEscapesAndWhatIsNoText) {
  for (const char* body : {"a=%", "a=%4", "a=%4g", "a=%%41", "a=%zz", "%=1", "a=%ff", "a=%c0%80",
                           "a=%ed%a0%80", "a=%00", "a=%1b", "a=%7f", "a%00b=1"})
    EXPECT_THAT(Parsed(body), testing::StartsWith("refused: ")) << body;
  EXPECT_EQ(Parsed("a=%09%0D%0A"), "a=\t\r\n;");
}

TEST(Form, RefusesTooManyParameters) {
  std::string body;
  for (std::size_t i = 0; i < kParametersMax; ++i) body += "p" + std::to_string(i) + "=&";
  EXPECT_TRUE(ParseForm(body));
  EXPECT_EQ(Parsed(body + "one=more"), "refused: Too many parameters.");
}

TEST(SingleParameter, IsTheOneOfItsName) {
  EXPECT_EQ(SingleParameter("Version=1&Action=GetUser&x=%zz", "Action"), "GetUser");
  EXPECT_EQ(SingleParameter("%41ction=Get%55ser", "Action"), "GetUser");
  EXPECT_EQ(SingleParameter("Action=", "Action"), "");
}

TEST(SingleParameter, IsNothingWhenItIsOpenWhichIsMeant) {
  for (const char* body :
       {"", "action=GetUser", "Action=a&Action=a", "Action=a&%41ction=b", "Action=%zz"})
    EXPECT_EQ(SingleParameter(body, "Action"), std::nullopt) << body;
}

}  // namespace
}  // namespace kmaas::aws_query
