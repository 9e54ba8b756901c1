#include <gtest/gtest.h>

#include "base/encoding.h"
#include "identity/jwt.h"

namespace kmaas::identity {
namespace {

std::string Part(std::string_view json) { return Base64UrlEncode(AsBytes(json)); }
std::string Compact(std::string_view header, std::string_view claims) {
  return Part(header) + "." + Part(claims) + "." + Part("signature");
}
constexpr char kHeader[] = R"({"alg":"ES256","kid":"one"})";

TEST(Jwt, TakesATokenApart) {
  const std::string text = Compact(
      kHeader,
      R"({"iss":"https://idp","aud":["a","b"],"exp":12.9,"ok":true,"none":null,"o":{"x":1},"m":["a",1]})");
  const auto token = ParseJwt(text);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->algorithm, "ES256");
  EXPECT_EQ(token->key_id, "one");
  EXPECT_EQ(token->Text("iss"), "https://idp");
  EXPECT_EQ(token->Text("aud"), "");  // two
  EXPECT_EQ(token->texts.at("aud"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(token->numbers.at("exp"), 12);
  EXPECT_EQ(token->Text("ok"), "true");
  EXPECT_EQ(token->texts.size() + token->numbers.size(), 4U);
  EXPECT_EQ(token->signed_part, text.substr(0, text.rfind('.')));
  EXPECT_EQ(AsText(token->signature), "signature");
}

TEST(Jwt, RefusesWhatIsNotThreePartsOfBase64Url) {
  const std::string good = Compact(kHeader, "{}");
  ASSERT_TRUE(ParseJwt(good));
  const std::string header = Part(kHeader);
  for (const std::string& bad :
       {std::string(), std::string("."), std::string(".."), header, header + "." + Part("{}"),
        header + "." + Part("{}") + ".", good + ".", good + "." + Part("x"), good + "=", " " + good,
        good + "\n", header + "=." + Part("{}") + ".c2ln", header + "." + Part("{}") + ".c2l+",
        header + "." + Part("{}") + ".c2ln+A", header + "." + Part("{}") + ".c2ln/w",
        header + "." + Part("{}") + ".c2lnZ"})
    EXPECT_FALSE(ParseJwt(bad)) << bad;
}

TEST(Jwt, RefusesHeadersThatDoNotSayHowItIsSigned) {
  for (const char* bad :
       {"{}", "[]", "null", "", "{", R"({"alg":"ES256"})", R"({"kid":"one"})",
        R"({"alg":"ES256","kid":""})", R"({"alg":"ES256","kid":7})",
        R"({"alg":["ES256"],"kid":"a"})", R"({"alg":"none","alg":"ES256","kid":"one"})",
        R"({"alg":"ES256","kid":"a","crit":["x"]})", R"({"alg":"ES256","kid":"a","b64":false})",
        R"({"alg":"ES256","kid":"a"}{})"})
    EXPECT_FALSE(ParseJwt(Compact(bad, "{}"))) << bad;
}

TEST(Jwt, RefusesClaimsThatTwoReadersCouldReadDifferently) {
  for (const char* bad :
       {R"({"sub":"a","sub":"b"})", R"({"o":{"x":1,"x":1}})", R"({"s\u0075b":"a","sub":"b"})", "[]",
        "\"text\"", "{\"a\":\"\xff\"}", "{\"a\":1,}", "{}x"})
    EXPECT_FALSE(ParseJwt(Compact(kHeader, bad))) << bad;
  const std::string deep = R"({"a":)" + std::string(20, '[') + std::string(20, ']') + "}";
  EXPECT_FALSE(ParseJwt(Compact(kHeader, deep)));
}

TEST(Jwt, RefusesMoreBytesThanStsTakes) {
  const std::string claims = R"({"a":")" + std::string(15'000, 'x') + R"("})";
  EXPECT_FALSE(ParseJwt(Compact(kHeader, claims)));
  EXPECT_TRUE(ParseJwt(Compact(kHeader, R"({"a":")" + std::string(14'000, 'x') + R"("})")));
}

TEST(Jwt, LeavesOutNumbersThatAreNoTimes) {
  const auto token = ParseJwt(Compact(kHeader, R"({"exp":1e300,"nbf":-1e300,"iat":9.1e15})"));
  ASSERT_TRUE(token);
  EXPECT_TRUE(token->numbers.empty());
}

}  // namespace
}  // namespace kmaas::identity
