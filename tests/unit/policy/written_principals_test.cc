#include "policy/written_principals.h"

#include <gtest/gtest.h>

#include "tests/unit/policy/policy_fixture.h"

namespace kmaas::policy {
namespace {

// Every principal within angle brackets, with its type.
std::string Marked(const std::string& document) {
  const auto renamed =
      RenamePrincipals(document, [](const PrincipalElement::Text& written) -> Result<std::string> {
        return "<" + written.type + " " + written.value + ">";
      });
  return renamed ? *renamed : renamed.error().detail;
}

TEST(WrittenPrincipals, AreRenamedWhereverTheyStand) {
  EXPECT_EQ(
      Marked(R"({"Statement":[{"Principal":{"AWS":"a"}},{"NotPrincipal":{"AWS":["b","c"]}}]})"),
      R"({"Statement":[{"Principal":{"AWS":"<AWS a>"}},)"
      R"({"NotPrincipal":{"AWS":["<AWS b>","<AWS c>"]}}]})");
  EXPECT_EQ(Marked(R"({"Statement":{"Principal":{"Service":"s","AWS":"a","Federated":["f"]}}})"),
            R"({"Statement":{"Principal":{"Service":"<Service s>","AWS":"<AWS a>",)"
            R"("Federated":["<Federated f>"]}}})");
}

TEST(WrittenPrincipals, LeaveAllElseAsItWas) {
  const std::string around =
      R"( { "Id" : "Principal" , "Statement":[ {"Sid":"a\"}]","Principal" : "*",
  "Condition":{"StringEquals":{"Principal":{"AWS":"no"},"x":[1.50, true,null, -2e3]}}, "Action":[] } ,
 {"Principal":{},"Resource":["\\","\u0022"]},{"Principal":{"AWS":[ ]}}] }
)";
  EXPECT_EQ(Marked(around), around);
}

TEST(WrittenPrincipals, AreReadWithoutTheirEscapes) {
  EXPECT_EQ(Marked(R"({"St\u0061tement":{"\u0050rincipal":{"A\u0057S" : "\u0061\/b" }}})"),
            R"({"St\u0061tement":{"\u0050rincipal":{"A\u0057S" : "<AWS a/b>" }}})");
}

TEST(WrittenPrincipals, KeepTheirSpellingUnderTheSameName) {
  const std::string document = R"({"Statement":{"Principal":{"AWS":"\u0061"}}})";
  EXPECT_EQ(*RenamePrincipals(
                document,
                [](const PrincipalElement::Text& one) -> Result<std::string> { return one.value; }),
            document);
}

TEST(WrittenPrincipals, PassOnWhyTheyCannotBeRenamed) {
  const auto refused = RenamePrincipals(Document(KeyStatement("Allow", R"({"AWS":"a"})")),
                                        [](const auto& /*one*/) -> Result<std::string> {
                                          return Error{ErrorCode::kMalformedPolicyDocument, "no"};
                                        });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "no");
}

// Whatever is no policy is refused and not read past its end.
TEST(WrittenPrincipals, StopAtTheEndOfEveryPrefix) {
  const std::string whole = R"({"Statement":[{"Principal":{"AWS":["a","\u0061\\"]},"x":1}]})";
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(Marked(whole.substr(0, size)), "principals are renamed in what is no policy") << size;
}

}  // namespace
}  // namespace kmaas::policy
