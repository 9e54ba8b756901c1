#include "policy/default_key_policy.h"

#include <gtest/gtest.h>

#include "tests/unit/policy/policy_fixture.h"

namespace kmaas::policy {
namespace {

bool Accepts(std::string_view document, PolicyKind kind = PolicyKind::kKey) {
  const auto policy = Policy::Compile(document, kind);
  EXPECT_TRUE(policy || policy.error().code == ErrorCode::kMalformedPolicyDocument);
  return policy.has_value();
}

std::string ReasonFor(std::string_view document, PolicyKind kind) {
  const auto policy = Policy::Compile(document, kind);
  return policy ? "" : policy.error().message;
}

bool AcceptsCondition(const std::string& condition) {
  return Accepts(Conditional(condition), PolicyKind::kIdentity);
}

std::string Identity(const std::string& rest) { return Document(Statement1("Allow", rest)); }

TEST(PolicyDocument, AcceptsTheDefaultPolicy) {
  const std::string text = DefaultKeyPolicy(kAccount);
  ASSERT_TRUE(Accepts(text));
  EXPECT_EQ(Compiled(text, PolicyKind::kKey)->statements().front().sid(),
            "Enable IAM User Permissions");
}

TEST(PolicyDocument, AcceptsOneStatementWithoutAList) {
  EXPECT_TRUE(Accepts(
      R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}})"));
}

TEST(PolicyDocument, RefusesMembersThatStandTwice) {
  EXPECT_FALSE(Accepts(R"({"Version":"2012-10-17","Statement":[],"Statement":[]})"));
  EXPECT_FALSE(Accepts(R"({"Statement":[{"Effect":"Deny","Effect":"Allow","Principal":"*"}]})"));
  EXPECT_FALSE(
      Accepts(R"({"Statement":[{"Effect":"Deny","\u0045ffect":"Allow","Principal":"*"}]})"));
  EXPECT_FALSE(Accepts(R"({"Statement":[{"Effect":"Allow","Principal":{"AWS":"*","AWS":"*"}}]})"));
  EXPECT_FALSE(AcceptsCondition(R"({"Bool":{"aws:SecureTransport":"true"},"Bool":{}})"));
  EXPECT_FALSE(
      AcceptsCondition(R"({"StringEquals":{"aws:username":"a","aws:\u0075sername":"a"}})"));
  EXPECT_FALSE(AcceptsCondition(R"({"StringEquals":{"aws:username":"a","aws:UserName":"b"}})"));
}

const char* const kNoPolicies[] = {
    "",
    "null",
    "[]",
    "\"x\"",
    "{",
    "{}",
    "{} {}",
    R"({"Statement":[1]})",
    R"({"Statement":1})",
    R"({"Statement":[{"Effect":"Maybe","Principal":"*"}]})",
    R"({"Statement":[{"Effect":"allow","Principal":"*"}]})",
    R"({"Statement":[{"Effect":"Allow"}]})",
    R"({"Version":"2020-01-01","Statement":[]})",
    R"({"Version":20121017,"Statement":[]})",
    R"({"Statement":[],"Extra":1})",
    R"({"Statement":[],"Id":1})",
    R"({"statement":[]})",
    R"({"Statement":[{"Effect":"Allow","Principal":"*","Extra":"a"}]})",
    R"({"Statement":[{"Effect":"Allow","Principal":"*","NotPrincipal":"*"}]})",
    R"({"Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:a","NotAction":"kms:b"}]})",
    R"({"Statement":[{"Effect":"Allow","Principal":"*","Resource":"*","NotResource":"*"}]})",
    R"({"Statement":[{"Effect":"Allow","Principal":"anna"}]})",
    R"({"Statement":[{"Effect":"Allow","Principal":["*"]}]})",
    R"({"Statement":[{"Effect":"Allow","Principal":{}}]})",
    R"({"Statement":[{"Effect":"Allow","Principal":{"AWS":[]}}]})",
    R"({"Statement":[{"Effect":"Allow","Principal":{"*":"*"}}]})",
    R"({"Statement":[{"Effect":"Allow","Principal":{"AWS":1}}]})",
    R"({"Statement":[{"Effect":"Allow","Principal":"*","Action":[["kms:*"]]}]})",
    R"({"Statement":[{"Effect":"Allow","Principal":"*","Condition":[]}]})",
    R"({"Statement":[{"Effect":"Allow","Principal":"*","Condition":{"Bool":1}}]})"};

TEST(PolicyDocument, RefusesWhatIsNoPolicy) {
  for (const char* text : kNoPolicies) {
    EXPECT_FALSE(Accepts(text)) << text;
  }
}

TEST(PolicyDocument, RefusesDeepNesting) {
  std::string deep = R"({"Statement":[{"Effect":"Allow","Principal":"*","Condition":)";
  for (int i = 0; i < 40; ++i) deep += R"({"a":)";
  deep += "1";
  deep += std::string(40, '}') + "}]}";
  EXPECT_EQ(ReasonFor(deep, PolicyKind::kKey), "Syntax errors in policy: it is nested too deeply.");
}

TEST(PolicyDocument, RefusesNulCharacters) {
  EXPECT_FALSE(Accepts(R"({"Id":"a\u0000b","Statement":[]})"));
  EXPECT_FALSE(AcceptsCondition(R"({"StringEquals":{"s3:\u0000":"a"}})"));
  EXPECT_FALSE(AcceptsCondition(R"({"StringEquals":{"aws:username":"a\u0000"}})"));
  EXPECT_FALSE(Accepts(std::string(R"({"Statement":[]})") + '\0'));
}

const char* const kNoActions[] = {"",
                                  "kms",
                                  "kms:",
                                  ":Decrypt",
                                  "k*:Decrypt",
                                  "kms :Decrypt",
                                  "kms:De crypt",
                                  "kms:D\u00e9crypt",
                                  "kms:Decrypt:x",
                                  "kms:De/crypt",
                                  "**",
                                  "kms:${aws:username}"};

TEST(PolicyDocument, RefusesActionsThatNobodyHas) {
  for (const char* action : kNoActions) {
    EXPECT_FALSE(Accepts(Identity("\"Action\":\"" + std::string(action) + R"(","Resource":"*")"),
                         PolicyKind::kIdentity))
        << action;
  }
}

TEST(PolicyDocument, RefusesResourcesThatAreNoArns) {
  for (const char* resource :
       {"", "**", "key/*", "arn:aws:kms", "arn:aws:kms:eu:1", "*:kms:eu:1:2:key", "${aws:username}",
        " *", "arn:aws:kms:eu:1:key/${aws:nothing}", "ARN:aws:kms:eu:1:key/x"}) {
    EXPECT_FALSE(
        Accepts(Identity("\"Action\":\"*\",\"Resource\":\"" + std::string(resource) + "\""),
                PolicyKind::kIdentity))
        << resource;
  }
}

TEST(PolicyDocument, OfAnIdentityHasActionsAndResourcesAndNoPrincipal) {
  EXPECT_TRUE(Accepts(Identity(R"("NotAction":"iam:*","NotResource":"arn:aws:kms:*")"),
                      PolicyKind::kIdentity));
  EXPECT_EQ(ReasonFor(Identity(R"("Action":"*")"), PolicyKind::kIdentity),
            "Policy statement must contain resources.");
  EXPECT_EQ(ReasonFor(Identity(R"("Resource":"*")"), PolicyKind::kIdentity),
            "Policy statement must contain actions.");
  EXPECT_EQ(ReasonFor(Identity(R"("Action":[],"Resource":"*")"), PolicyKind::kIdentity),
            "Policy statement must contain actions.");
  EXPECT_EQ(
      ReasonFor(Identity(R"("Principal":"*","Action":"*","Resource":"*")"), PolicyKind::kIdentity),
      "Policy document should not specify a principal.");
}

TEST(PolicyDocument, OfTrustHasAPrincipalAndActionsOfSts) {
  const PolicyKind trust = PolicyKind::kTrust;
  EXPECT_TRUE(Accepts(
      Identity(
          R"("Principal":{"AWS":"111122223333"},"Action":["sts:AssumeRole","STS:TagSession"])"),
      trust));
  EXPECT_FALSE(Accepts(Identity(R"("Action":"sts:AssumeRole")"), trust));
  EXPECT_FALSE(Accepts(Identity(R"("Principal":"*")"), trust));
  EXPECT_FALSE(Accepts(Identity(R"("Principal":"*","Action":"*")"), trust));
  EXPECT_FALSE(
      Accepts(Identity(R"("Principal":"*","Action":["sts:AssumeRole","kms:Decrypt"])"), trust));
  EXPECT_EQ(
      ReasonFor(Identity(R"("Principal":"*","Action":"sts:AssumeRole","Resource":"*")"), trust),
      "Has prohibited field Resource");
}

TEST(PolicyDocument, NamesItsStatementsOnce) {
  const auto with = [](const std::string& a, const std::string& b) {
    const std::string rest =
        R"(","Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"})";
    return Document("{\"Sid\":\"" + a + rest + ",{\"Sid\":\"" + b + rest);
  };
  EXPECT_TRUE(Accepts(with("a", "b")));
  EXPECT_TRUE(Accepts(with("", "")));
  EXPECT_TRUE(Accepts(with("with blanks", "and-dashes")));
  EXPECT_FALSE(Accepts(with("a", "a")));
  EXPECT_FALSE(Accepts(with("a", "b\\u0007")));
  EXPECT_FALSE(
      Accepts(Identity(R"("Sid":"a b","Action":"*","Resource":"*")"), PolicyKind::kIdentity));
  EXPECT_TRUE(
      Accepts(Identity(R"("Sid":"aB9","Action":"*","Resource":"*")"), PolicyKind::kIdentity));
}

TEST(PolicyDocument, RefusesUnknownOperators) {
  for (const char* op :
       {"StringMatches", "stringEquals", "StringEqualsIfexists", "IfExists", "", "NullIfExists",
        "ForAnyValue:Null", "ForAllValues:", "ForSomeValues:StringEquals",
        "ForAllValues:ForAnyValue:StringEquals", "BoolNot", "StringEqualsIfExistsIfExists",
        "ForAllValues: StringEquals", "BinaryNotEquals"}) {
    EXPECT_FALSE(AcceptsCondition("{\"" + std::string(op) + R"(":{"aws:username":"true"}})")) << op;
    EXPECT_FALSE(AcceptsCondition("{\"" + std::string(op) + R"(":{}})")) << op;
  }
}

TEST(PolicyDocument, RefusesUnknownKeys) {
  EXPECT_FALSE(AcceptsCondition(R"({"StringEquals":{"aws:nothing":"x"}})"));
  EXPECT_FALSE(AcceptsCondition(R"({"StringEquals":{"kms:nothing":"x"}})"));
  EXPECT_FALSE(AcceptsCondition(R"({"StringEquals":{"username":"x"}})"));
  EXPECT_TRUE(AcceptsCondition(R"({"StringEquals":{"s3:prefix":"x","issuer.example:aud":"y"}})"));
  EXPECT_FALSE(
      AcceptsCondition(R"({"StringEqualsIgnoreCase":{"kms:RecipientAttestation:PCR32":"x"}})"));
  EXPECT_TRUE(
      AcceptsCondition(R"({"StringEqualsIgnoreCase":{"kms:RecipientAttestation:PCR0":"x"}})"));
}

TEST(PolicyDocument, RefusesOperatorsThatDoNotFitTheKey) {
  for (const char* condition :
       {R"({"Bool":{"aws:username":"true"}})", R"({"NumericEquals":{"kms:KeySpec":"1"}})",
        R"({"StringEquals":{"aws:SourceIp":"10.0.0.1"}})",
        R"({"DateLessThan":{"kms:RotationPeriodInDays":"1"}})",
        R"({"NumericLessThan":{"aws:CurrentTime":"1"}})",
        R"({"IpAddress":{"aws:username":"10.0.0.1"}})",
        R"({"ArnLike":{"aws:SecureTransport":"*"}})",
        R"({"BinaryEquals":{"kms:KeySpec":"AAAA"}})"}) {
    EXPECT_FALSE(AcceptsCondition(condition)) << condition;
  }
  for (const char* condition :
       {R"({"StringEquals":{"aws:SecureTransport":"true"}})",
        R"({"StringLike":{"aws:PrincipalArn":"*"}})", R"({"ArnLike":{"kms:GranteePrincipal":"*"}})",
        R"({"NumericLessThan":{"aws:PrincipalTag/level":"5"}})",
        R"({"Bool":{"kms:EncryptionContext:x":"true"}})", R"({"Null":{"aws:SourceIp":"true"}})"}) {
    EXPECT_TRUE(AcceptsCondition(condition)) << condition;
  }
}

TEST(PolicyDocument, RefusesValuesThatDoNotParse) {
  for (const char* condition :
       {R"({"Bool":{"aws:SecureTransport":"yes"}})", R"({"Null":{"aws:username":"maybe"}})",
        R"({"Null":{"aws:username":"${aws:userid}"}})",
        R"({"NumericEquals":{"kms:RotationPeriodInDays":"ten"}})",
        R"({"NumericEquals":{"kms:RotationPeriodInDays":1e30}})",
        R"({"NumericEquals":{"kms:RotationPeriodInDays":"${aws:userid}"}})",
        R"({"DateLessThan":{"aws:CurrentTime":"tomorrow"}})",
        R"({"IpAddress":{"aws:SourceIp":"10.0.0.0/33"}})",
        R"({"IpAddress":{"aws:SourceIp":["10.0.0.1","*"]}})",
        R"({"BinaryEquals":{"x:y":"not base64"}})", R"({"ArnLike":{"aws:SourceArn":"arn:aws:s3"}})",
        R"({"ArnEquals":{"aws:SourceArn":"bucket"}})", R"({"StringEquals":{"aws:username":null}})",
        R"({"StringEquals":{"aws:username":{"a":"b"}}})",
        R"({"StringEquals":{"aws:username":[["a"]]}})",
        R"({"StringEquals":{"aws:username":"${aws:nothing}"}})",
        R"({"StringEquals":{"aws:username":"${open"}})"}) {
    EXPECT_FALSE(AcceptsCondition(condition)) << condition;
  }
}

}  // namespace
}  // namespace kmaas::policy
