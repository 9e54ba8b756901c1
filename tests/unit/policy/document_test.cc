#include "policy/document.h"

#include <gtest/gtest.h>

#include "policy/policy.h"

namespace kmaas::policy {
namespace {

bool Accepts(std::string_view document) {
  return Policy::Compile(document, PolicyKind::kKey).has_value();
}

TEST(PolicyDocument, AcceptsTheDefaultPolicy) {
  EXPECT_TRUE(Accepts(DefaultKeyPolicy("111122223333")));
}

TEST(PolicyDocument, AcceptsOneStatementWithoutAList) {
  EXPECT_TRUE(Accepts(
      R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}})"));
}

TEST(PolicyDocument, RefusesMembersThatStandTwice) {
  EXPECT_FALSE(Accepts(R"({"Version":"2012-10-17","Statement":[],"Statement":[]})"));
  EXPECT_FALSE(Accepts(R"({"Statement":[{"Effect":"Deny","Effect":"Allow","Principal":"*"}]})"));
  EXPECT_FALSE(Accepts(R"({"Statement":[{"Effect":"Allow","Principal":{"AWS":"a","AWS":"b"}}]})"));
}

TEST(PolicyDocument, RefusesWhatIsNoPolicy) {
  for (const char* text :
       {"", "null", "[]", "\"x\"", "{", "{}", R"({"Statement":[1]})",
        R"({"Statement":[{"Effect":"Maybe","Principal":"*"}]})",
        R"({"Statement":[{"Effect":"Allow"}]})", R"({"Version":"2020-01-01","Statement":[]})",
        R"({"Statement":[],"Extra":1})",
        R"({"Statement":[{"Effect":"Allow","Principal":"*","NotPrincipal":"*"}]})",
        R"({"Statement":[{"Effect":"Allow","Principal":"*","Action":"a","NotAction":"b"}]})"}) {
    EXPECT_FALSE(Accepts(text)) << text;
  }
}

TEST(PolicyDocument, RefusesDeepNesting) {
  std::string deep = R"({"Statement":[{"Effect":"Allow","Principal":"*","Condition":)";
  for (int i = 0; i < 40; ++i) deep += R"({"a":)";
  deep += "1";
  deep += std::string(40, '}') + "}]}";
  EXPECT_FALSE(Accepts(deep));
}

}  // namespace
}  // namespace kmaas::policy
