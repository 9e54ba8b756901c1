#include "policy/condition.h"

#include <gtest/gtest.h>

#include "tests/unit/policy/policy_fixture.h"

namespace kmaas::policy {
namespace {

using Values = std::vector<std::string>;

// `values` is JSON. No request value: absent.
bool Holds(const std::string& op, const std::string& key, const std::string& values,
           const std::optional<Values>& request, const std::string& version = "2012-10-17") {
  FixedContext context;
  if (request) context.Set(key, *request);
  const auto policy =
      Compiled(Conditional("{\"" + op + "\":{\"" + key + "\":" + values + "}}", version),
               PolicyKind::kIdentity);
  return Allows(*policy, context);
}

struct Row {
  const char* op;
  const char* opposite;  // the negated operator; null: there is none
  const char* key;
  const char* values;
  std::string in;   // a request value that matches
  std::string out;  // one that does not
};

const Row kRows[] = {
    {"StringEquals", "StringNotEquals", "kms:KeySpec", R"(["a","b*"])", "b*", "bc"},
    {"StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "kms:KeySpec", R"("aB")", "Ab", "A"},
    {"StringLike", "StringNotLike", "kms:KeySpec", R"(["x","b*"])", "bc", "Bc"},
    {"NumericEquals", "NumericNotEquals", "kms:RotationPeriodInDays", R"(["90","365.0"])", "365",
     "91"},
    {"NumericLessThan", nullptr, "kms:RotationPeriodInDays", R"("90")", "89.9", "90"},
    {"NumericLessThanEquals", nullptr, "kms:RotationPeriodInDays", "90", "90", "90.1"},
    {"NumericGreaterThan", nullptr, "kms:RotationPeriodInDays", "90", "91", "90"},
    {"NumericGreaterThanEquals", nullptr, "kms:RotationPeriodInDays", "90.5", "90.5", "90"},
    {"DateEquals", "DateNotEquals", "kms:ValidTo", R"("2030-01-01")", "2030-01-01T01:00:00+01:00",
     "2030-01-02"},
    {"DateLessThan", nullptr, "aws:CurrentTime", R"("2030-01-01T00:00:00Z")", "1577836800",
     "2030-01-01T00:00:00Z"},
    {"DateLessThanEquals", nullptr, "aws:CurrentTime", R"("2030-01-01T00:00:00Z")",
     "2030-01-01T00:00:00Z", "2030-01-01T00:00:00.1Z"},
    {"DateGreaterThan", nullptr, "aws:EpochTime", "1577836800", "1577836801", "1577836800"},
    {"DateGreaterThanEquals", nullptr, "aws:EpochTime", R"("2020-01-01T00:00:00Z")", "1577836800",
     "1577836799"},
    {"NumericLessThan", nullptr, "aws:EpochTime", "1577836800", "2019-12-31T00:00:00Z",
     "1577836801"},
    {"Bool", nullptr, "aws:SecureTransport", R"("true")", "true", "false"},
    {"Bool", nullptr, "aws:SecureTransport", "false", "false", "true"},
    {"BinaryEquals", nullptr, "issuer.example:blob", R"("AQID")", "AQID", "AQIE"},
    {"IpAddress", "NotIpAddress", "aws:SourceIp", R"(["203.0.113.0/24","2001:db8::/32"])",
     "2001:db8::1", "203.0.114.1"},
    {"ArnEquals", "ArnNotEquals", "aws:PrincipalArn", R"("arn:aws:iam::*:role/a*")",
     "arn:aws:iam::1:role/ab", "arn:aws:iam::1:user/ab"},
    {"ArnLike", "ArnNotLike", "aws:SourceArn", R"("arn:*:*:*:*:*")", "arn:aws:s3:::b",
     "arn:aws:s3"},
};

std::string Quoted(const Row& row) {
  return std::string(row.op) + " " + row.key + " " + row.values;
}

TEST(ConditionOperators, MatchWithAndWithoutIfExists) {
  for (const Row& row : kRows) {
    for (const char* suffix : {"", "IfExists"}) {
      const std::string op = std::string(row.op) + suffix;
      EXPECT_TRUE(Holds(op, row.key, row.values, Values{row.in})) << Quoted(row);
      EXPECT_FALSE(Holds(op, row.key, row.values, Values{row.out})) << Quoted(row);
    }
  }
}

TEST(ConditionOperators, DoNotMatchWhatIsAbsentUnlessIfExists) {
  for (const Row& row : kRows) {
    for (const auto& nothing : {std::optional<Values>(), std::optional<Values>(Values{})}) {
      const std::string op = row.op;
      EXPECT_FALSE(Holds(op, row.key, row.values, nothing)) << Quoted(row);
      EXPECT_TRUE(Holds(op + "IfExists", row.key, row.values, nothing)) << Quoted(row);
      EXPECT_TRUE(Holds("ForAllValues:" + op, row.key, row.values, nothing)) << Quoted(row);
      EXPECT_FALSE(Holds("ForAnyValue:" + op, row.key, row.values, nothing)) << Quoted(row);
      EXPECT_TRUE(Holds("ForAnyValue:" + op + "IfExists", row.key, row.values, nothing));
      EXPECT_TRUE(Holds("ForAllValues:" + op + "IfExists", row.key, row.values, nothing));
    }
  }
}

TEST(ConditionOperators, AreNegatedExactly) {
  for (const Row& row : kRows) {
    if (row.opposite == nullptr) continue;
    const std::string op = row.opposite;
    EXPECT_FALSE(Holds(op, row.key, row.values, Values{row.in})) << op;
    EXPECT_TRUE(Holds(op, row.key, row.values, Values{row.out})) << op;
    EXPECT_TRUE(Holds(op, row.key, row.values, std::nullopt)) << op;
    EXPECT_TRUE(Holds(op + "IfExists", row.key, row.values, std::nullopt)) << op;
    EXPECT_TRUE(Holds("ForAllValues:" + op, row.key, row.values, std::nullopt)) << op;
    EXPECT_FALSE(Holds("ForAnyValue:" + op, row.key, row.values, std::nullopt)) << op;
    EXPECT_TRUE(Holds("ForAnyValue:" + op + "IfExists", row.key, row.values, std::nullopt)) << op;
  }
}

TEST(ConditionOperators, LookAtSeveralValuesAsTheSetOperatorSays) {
  for (const Row& row : kRows) {
    const std::string op = row.op;
    const Values mixed = {row.in, row.out};
    EXPECT_TRUE(Holds(op, row.key, row.values, mixed)) << Quoted(row);
    EXPECT_TRUE(Holds("ForAnyValue:" + op, row.key, row.values, mixed)) << Quoted(row);
    EXPECT_FALSE(Holds("ForAllValues:" + op, row.key, row.values, mixed)) << Quoted(row);
    EXPECT_TRUE(Holds("ForAllValues:" + op, row.key, row.values, Values{row.in, row.in}));
    EXPECT_FALSE(Holds("ForAnyValue:" + op, row.key, row.values, Values{row.out, row.out}));
  }
}

TEST(ConditionOperators, LookAtSeveralValuesWhenNegated) {
  for (const Row& row : kRows) {
    if (row.opposite == nullptr) continue;
    const std::string op = row.opposite;
    const Values mixed = {row.in, row.out};
    EXPECT_FALSE(Holds(op, row.key, row.values, mixed)) << op;
    EXPECT_TRUE(Holds("ForAnyValue:" + op, row.key, row.values, mixed)) << op;
    EXPECT_FALSE(Holds("ForAllValues:" + op, row.key, row.values, mixed)) << op;
    EXPECT_TRUE(Holds("ForAllValues:" + op, row.key, row.values, Values{row.out, row.out})) << op;
    EXPECT_FALSE(Holds("ForAnyValue:" + op, row.key, row.values, Values{row.in})) << op;
  }
}

TEST(ConditionOperators, TreatWhatIsNotOfTheirTypeAsNotMatching) {
  for (const Row& row : kRows) {
    if (std::string_view(row.op).starts_with("String")) continue;
    EXPECT_FALSE(Holds(row.op, row.key, row.values, Values{"no such value"})) << Quoted(row);
    if (row.opposite == nullptr) continue;
    EXPECT_TRUE(Holds(row.opposite, row.key, row.values, Values{"no such value"}));
  }
}

TEST(ConditionOperators, HaveNoValueThatMatchesAnEmptyList) {
  EXPECT_FALSE(Holds("StringEquals", "kms:KeySpec", "[]", Values{"a"}));
  EXPECT_TRUE(Holds("StringNotEquals", "kms:KeySpec", "[]", Values{"a"}));
  EXPECT_FALSE(Holds("ForAllValues:StringEquals", "aws:TagKeys", "[]", Values{"a"}));
  EXPECT_TRUE(Holds("ForAllValues:StringEquals", "aws:TagKeys", "[]", Values{}));
}

TEST(NullOperator, AsksWhetherTheKeyIsThere) {
  for (const char* key :
       {"aws:TokenIssueTime", "aws:PrincipalTag/x", "aws:TagKeys", "kms:EncryptionContext:a"}) {
    EXPECT_TRUE(Holds("Null", key, R"("true")", std::nullopt)) << key;
    EXPECT_FALSE(Holds("Null", key, "true", Values{"x"})) << key;
    EXPECT_TRUE(Holds("Null", key, "false", Values{"x"})) << key;
    EXPECT_FALSE(Holds("Null", key, R"("false")", std::nullopt)) << key;
    EXPECT_TRUE(Holds("Null", key, "true", Values{})) << key;
    EXPECT_TRUE(Holds("Null", key, "false", Values{""})) << key;
  }
}

TEST(ConditionOperators, StringsFoldAsciiOnly) {
  EXPECT_TRUE(Holds("StringEqualsIgnoreCase", "kms:KeySpec", R"("KEY")", Values{"key"}));
  EXPECT_FALSE(Holds("StringEqualsIgnoreCase", "kms:KeySpec", R"("KEY")",
                     Values{"\u212aey"}));  // the Kelvin sign
  EXPECT_FALSE(Holds("StringEqualsIgnoreCase", "kms:KeySpec", "\"\u00c9\"", Values{"\u00e9"}));
}

TEST(ConditionOperators, ArnsAreComparedPartByPart) {
  const char* key = "aws:SourceArn";
  EXPECT_FALSE(
      Holds("ArnLike", key, R"("arn:aws:iam::*:role/x")", Values{"arn:aws:iam::1:2:role/x"}));
  EXPECT_FALSE(
      Holds("ArnLike", key, R"("arn:aws:k*:1:2:key/x")", Values{"arn:aws:kms:eu:1:2:key/x"}));
  EXPECT_TRUE(
      Holds("ArnLike", key, R"("arn:aws:sns:*:*:a*z")", Values{"arn:aws:sns:eu:1:a:b/c:z"}));
  EXPECT_TRUE(Holds("ArnLike", key, R"("*")", Values{"arn:aws:sns:eu:1:a"}));
  EXPECT_FALSE(Holds("ArnEquals", key, R"("arn:aws:sns:eu:1:a")", Values{"arn:aws:sns:eu:1:A"}));
}

TEST(Conditions, AreAllToHold) {
  const auto policy = Compiled(
      Conditional(
          R"({"StringEquals":{"kms:KeySpec":"a","kms:KeyUsage":"b"},"Bool":{"aws:SecureTransport":true}})"),
      PolicyKind::kIdentity);
  FixedContext context("kms:KeySpec", {"a"});
  context.Set("kms:KeyUsage", {"b"});
  EXPECT_FALSE(Allows(*policy, context));
  context.Set("aws:SecureTransport", {"true"});
  EXPECT_TRUE(Allows(*policy, context));
  context.Set("kms:KeyUsage", {"c"});
  EXPECT_FALSE(Allows(*policy, context));
}

TEST(Conditions, WithoutOperatorsOrKeysHold) {
  EXPECT_TRUE(Allows(*Compiled(Conditional("{}"), PolicyKind::kIdentity), FixedContext()));
  EXPECT_TRUE(
      Allows(*Compiled(Conditional(R"({"Bool":{}})"), PolicyKind::kIdentity), FixedContext()));
}

}  // namespace
}  // namespace kmaas::policy
