#include "policy/policy_variable.h"

#include <gtest/gtest.h>

#include "tests/unit/policy/policy_fixture.h"

namespace kmaas::policy {
namespace {

bool Like(const std::string& pattern, std::string_view text, const ConditionContext& context,
          Variables variables = Variables::kExpand) {
  return MatchesText(ValuePattern::Parse(pattern, Wildcards::kMatch, variables).value(), text,
                     context);
}

TEST(PolicyVariable, StandsForTheValueOfTheRequest) {
  FixedContext context("aws:username", {"anna"});
  context.Set("aws:PrincipalTag/Team", {"blue"});
  EXPECT_TRUE(Like("user/${aws:username}", "user/anna", context));
  EXPECT_TRUE(Like("${AWS:UserName}-${aws:PrincipalTag/team}!", "anna-blue!", context));
  EXPECT_FALSE(Like("${aws:username}", "${aws:username}", context));
  EXPECT_TRUE(Like("*/${aws:username}/*", "home/anna/x", context));
}

TEST(PolicyVariable, MatchesNothingWhenItHasNoValue) {
  for (const FixedContext& context : {FixedContext(), FixedContext("aws:username", {}),
                                      FixedContext("aws:username", {"a", "b"})}) {
    EXPECT_FALSE(Like("${aws:username}", "", context));
    EXPECT_FALSE(Like("*${aws:username}*", "a", context));
  }
}

TEST(PolicyVariable, FallsBackOnItsDefault) {
  const FixedContext absent;
  EXPECT_TRUE(Like("${aws:PrincipalTag/team, 'all'}", "all", absent));
  EXPECT_TRUE(Like("${aws:PrincipalTag/team,'a}b, c'}/x", "a}b, c/x", absent));
  EXPECT_TRUE(Like("[${aws:PrincipalTag/team, ''}]", "[]", absent));
  EXPECT_TRUE(Like("${aws:PrincipalTag/team, 'all'}", "red",
                   FixedContext("aws:PrincipalTag/team", {"red"})));
  EXPECT_FALSE(Like("${aws:PrincipalTag/team, 'all'}", "all",
                    FixedContext("aws:PrincipalTag/team", {"red"})));
}

TEST(PolicyVariable, BringsNoWildcards) {
  const FixedContext star("aws:username", {"*"});
  EXPECT_FALSE(Like("${aws:username}", "anna", star));
  EXPECT_TRUE(Like("${aws:username}", "*", star));
  EXPECT_FALSE(Like("${aws:PrincipalTag/x, '*?'}", "ab", star));
  EXPECT_FALSE(Like("${aws:username}", "anna", FixedContext("aws:username", {"\xff"})));
  EXPECT_FALSE(Like("${aws:username}", "a", FixedContext("aws:username", {"\xfe"})));
}

// What it stands for is not written down as often as a policy may say it.
TEST(PolicyVariable, StandsForNoMoreThanTheTextHolds) {
  std::string pattern;
  for (int i = 0; i < 10'000; ++i) pattern += "${aws:username}";
  const FixedContext context("aws:username", {std::string(100'000, 'x')});
  EXPECT_FALSE(Like(pattern, std::string(100'000, 'x'), context));
  const FixedContext one("aws:username", {"x"});
  EXPECT_TRUE(Like(pattern, std::string(10'000, 'x'), one));
  EXPECT_TRUE(Like("*${aws:username}?", "axb", one));
}

TEST(PolicyVariable, IsNotReadAgainForVariables) {
  EXPECT_TRUE(
      Like("${aws:username}", "${aws:userid}", FixedContext("aws:username", {"${aws:userid}"})));
}

TEST(PolicyVariable, EscapesTheSpecialCharacters) {
  const FixedContext context;
  EXPECT_TRUE(Like("a${*}b${?}c${$}{aws:username}", "a*b?c${aws:username}", context));
  EXPECT_FALSE(Like("a${*}", "ab", context));
  EXPECT_FALSE(Like("a${?}", "ab", context));
  EXPECT_TRUE(Like("a$b{c}$", "a$b{c}$", context));
}

TEST(PolicyVariable, IsPlainTextInTheOldVersion) {
  const FixedContext context("aws:username", {"anna"});
  EXPECT_TRUE(Like("${aws:username}", "${aws:username}", context, Variables::kLiteral));
  EXPECT_TRUE(Like("${*}", "${anything}", context, Variables::kLiteral));
}

TEST(PolicyVariable, HasToBeWellFormed) {
  for (const char* text :
       {"${", "${aws:username", "${}", "${ }", "${aws:nothing}", "${kms:nothing}", "${username}",
        "${aws:username, x}", "${aws:username,}", "${aws:username, 'x}", "${aws:TagKeys}", "${**}",
        "${aws:username, 'a' b}", "${aws:username, '}"}) {
    EXPECT_FALSE(ValuePattern::Parse(text, Wildcards::kMatch, Variables::kExpand)) << text;
    EXPECT_TRUE(ValuePattern::Parse(text, Wildcards::kMatch, Variables::kLiteral)) << text;
  }
}

TEST(PolicyVariable, WorksInResourcesAndConditions) {
  const std::string statement = Statement1(
      "Allow",
      R"("Action":"*","Resource":"arn:aws:iam::*:user/${aws:username}","Condition":{"StringEquals":{"kms:KeySpec":"${aws:userid}"}})");
  FixedContext context("aws:username", {"anna"});
  context.Set("aws:userid", {"AIDA1"});
  context.Set("kms:KeySpec", {"AIDA1"});
  const auto now = Compiled(Document(statement), PolicyKind::kIdentity);
  const auto before = Compiled(Document(statement, "2008-10-17"), PolicyKind::kIdentity);
  EXPECT_TRUE(Allows(*now, context, "iam:GetUser", UserArn("anna")));
  EXPECT_FALSE(Allows(*now, context, "iam:GetUser", UserArn("otto")));
  EXPECT_FALSE(Allows(*before, context, "iam:GetUser", UserArn("anna")));
}

TEST(PolicyVariable, MayBeAWholeArn) {
  const auto pattern =
      ValuePattern::Parse("${aws:PrincipalArn}", Wildcards::kMatch, Variables::kExpand).value();
  const FixedContext context("aws:PrincipalArn", {"arn:aws:iam::1:user/*"});
  EXPECT_TRUE(MatchesArn(pattern, "arn:aws:iam::1:user/*", context));
  EXPECT_FALSE(MatchesArn(pattern, "arn:aws:iam::1:user/a", context));
}

TEST(PolicyVariable, WithoutAValueNegatesToTrue) {
  const auto policy =
      Compiled(Conditional(R"({"StringNotEquals":{"kms:KeySpec":"${aws:username}"}})"),
               PolicyKind::kIdentity);
  EXPECT_TRUE(Allows(*policy, FixedContext("kms:KeySpec", {"x"})));
}

}  // namespace
}  // namespace kmaas::policy
