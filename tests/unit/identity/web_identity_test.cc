#include <gtest/gtest.h>

#include "identity/web_identity.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/test_issuer.h"

namespace kmaas::identity {
namespace {

using fakes::TestIssuer;

constexpr char kUrl[] = "https://idp.example/realm";

class WebIdentitiesTest : public testing::Test {
 protected:
  WebIdentitiesTest() {
    EXPECT_TRUE(identities.SetKeys(kUrl, TestIssuer({"ES256"}).Jwks()));
    now = ToEpochMillis(clock.Now()) / 1000;
  }
  // Claims that hold, with `changes` over them; a change to "" takes the claim out.
  std::string Token(const std::map<std::string, std::string>& changes = {}) {
    std::map<std::string, std::string> claims = {{"iss", R"("https://idp.example/realm")"},
                                                 {"sub", R"("jane")"},
                                                 {"aud", R"("kmaas")"},
                                                 {"iat", std::to_string(now)},
                                                 {"exp", std::to_string(now + 300)}};
    for (const auto& [name, value] : changes) claims[name] = value;
    std::string json;
    for (const auto& [name, value] : claims)
      if (!value.empty()) json += (json.empty() ? "\"" : ",\"") + name + "\":" + value;
    return TestIssuer::Token("ES256", "{" + json + "}");
  }
  ErrorCode CodeOf(const std::map<std::string, std::string>& changes) {
    const auto verified = identities.Verify(Token(changes));
    return verified ? ErrorCode::kKmsInternal : verified.error().code;
  }
  std::optional<WallTime> MfaTime(const std::map<std::string, std::string>& changes) {
    const auto verified = identities.Verify(Token(changes));
    EXPECT_TRUE(verified) << verified.error().message;
    return (*verified)->mfa_time;
  }
  std::string Seconds(int offset) const { return std::to_string(now + offset); }
  WallTime At(int offset) const { return FromEpochMillis((now + offset) * 1000); }

  fakes::ManualClock clock;
  WebIdentities identities{{{kUrl, {"kmaas", "console"}, {"mfa", "hwk"}, {"urn:two"}},
                            {"https://quiet.example", {"kmaas"}}},
                           clock};
  std::int64_t now;
};

TEST_F(WebIdentitiesTest, SaysWhoATokenIs) {
  const auto who = identities.Verify(Token({{"groups", R"(["a","b"])"}}));
  ASSERT_TRUE(who) << who.error().message;
  EXPECT_EQ((*who)->issuer, kUrl);
  EXPECT_EQ((*who)->provider, "idp.example/realm");
  EXPECT_EQ((*who)->subject, "jane");
  EXPECT_EQ((*who)->audience, "kmaas");
  EXPECT_EQ((*who)->expires, At(300));
  EXPECT_EQ((*who)->claims.at("groups"), (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE((*who)->mfa_time);
}

TEST_F(WebIdentitiesTest, RefusesOtherIssuers) {
  for (const char* issuer : {"\"https://idp.example/realm/\"", "\"https://IDP.example/realm\"",
                             "\"https://idp.example\"", "\"\"", "7", "", "[\"https://a\",\"b\"]"})
    EXPECT_EQ(CodeOf({{"iss", issuer}}), ErrorCode::kInvalidIdentityToken) << issuer;
}

TEST_F(WebIdentitiesTest, WantsItsAudienceAndThePartyAmongSeveral) {
  for (const char* audience : {"\"other\"", "\"\"", "", "7", "[]", "[\"other\"]", "[7,\"kmaas\"]",
                               "[\"kmaas\",\"other\"]"})
    EXPECT_EQ(CodeOf({{"aud", audience}}), ErrorCode::kInvalidIdentityToken) << audience;
  for (const char* party : {"\"other\"", "\"\"", "7", "[\"kmaas\"]"}) {
    if (std::string(party) == "[\"kmaas\"]") continue;
    EXPECT_EQ(CodeOf({{"azp", party}}), ErrorCode::kInvalidIdentityToken) << party;
  }
  const auto who =
      identities.Verify(Token({{"aud", R"(["other","kmaas"])"}, {"azp", R"("console")"}}));
  ASSERT_TRUE(who) << who.error().message;
  EXPECT_EQ((*who)->audience, "console");
}

TEST_F(WebIdentitiesTest, WantsEachClaimThatOpenIdWants) {
  for (const char* name : {"iss", "sub", "aud", "iat", "exp"})
    EXPECT_EQ(CodeOf({{name, ""}}), ErrorCode::kInvalidIdentityToken) << name;
  for (const char* name : {"iat", "exp", "nbf", "auth_time"})
    EXPECT_EQ(CodeOf({{name, "\"1795521600\""}}), ErrorCode::kInvalidIdentityToken) << name;
  EXPECT_EQ(CodeOf({{"sub", '"' + std::string(256, 'x') + '"'}}), ErrorCode::kInvalidIdentityToken);
}

TEST_F(WebIdentitiesTest, KeepsToTheTimesWithAMinuteOfLeeway) {
  EXPECT_EQ(CodeOf({{"exp", Seconds(-60)}}), ErrorCode::kExpiredIdentityToken);
  EXPECT_TRUE(identities.Verify(Token({{"exp", Seconds(-59)}})));
  EXPECT_TRUE(identities.Verify(Token({{"exp", "9e15"}})));
  for (const char* name : {"nbf", "iat", "auth_time"}) {
    EXPECT_EQ(CodeOf({{name, Seconds(61)}}), ErrorCode::kInvalidIdentityToken) << name;
    EXPECT_TRUE(identities.Verify(Token({{name, Seconds(60)}}))) << name;
  }
}

TEST_F(WebIdentitiesTest, RefusesATokenThatItKnowsOnceItsTimeIsOver) {
  const std::string token = Token();
  const auto first = identities.Verify(token);
  ASSERT_TRUE(first);
  EXPECT_EQ(*identities.Verify(token), *first);
  clock.Advance(std::chrono::seconds(359));
  EXPECT_TRUE(identities.Verify(token));
  clock.Advance(std::chrono::seconds(1));
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(identities.Verify(token).error().code, ErrorCode::kExpiredIdentityToken);
}

TEST_F(WebIdentitiesTest, RefusesATokenThatItKnowsOnceItsKeyIsGone) {
  const std::string token = Token();
  ASSERT_TRUE(identities.Verify(token));
  ASSERT_TRUE(identities.SetKeys(kUrl, TestIssuer({"ES384"}).Jwks()));
  EXPECT_EQ(identities.Verify(token).error().code, ErrorCode::kInvalidIdentityToken);
  EXPECT_FALSE(identities.SetKeys(kUrl, "{}"));
  ASSERT_TRUE(identities.SetKeys(kUrl, TestIssuer({"ES384", "ES256"}).Jwks()));
  EXPECT_TRUE(identities.Verify(token));
}

TEST_F(WebIdentitiesTest, SaysThatAnIssuersKeysAreNotThere) {
  EXPECT_EQ(CodeOf({{"iss", R"("https://quiet.example")"}}), ErrorCode::kIdpCommunication);
  EXPECT_FALSE(identities.SetKeys("https://nobody.example", TestIssuer().Jwks()));
}

TEST_F(WebIdentitiesTest, KeepsTheKeysOfIssuersApart) {
  ASSERT_TRUE(identities.SetKeys("https://quiet.example", TestIssuer({"ES384"}).Jwks()));
  EXPECT_EQ(CodeOf({{"iss", R"("https://quiet.example")"}}), ErrorCode::kInvalidIdentityToken);
}

TEST_F(WebIdentitiesTest, TakesTheSecondFactorFromConfiguredMethods) {
  EXPECT_EQ(MfaTime({{"amr", R"(["pwd","mfa"])"}}), At(0));
  EXPECT_EQ(MfaTime({{"amr", R"("hwk")"}, {"auth_time", Seconds(-100)}}), At(-100));
  EXPECT_EQ(MfaTime({{"acr", R"("urn:two")"}, {"auth_time", Seconds(-7)}}), At(-7));
  for (const auto& [name, value] :
       {std::pair("amr", R"(["pwd","otp"])"), std::pair("amr", R"(["MFA"])"),
        std::pair("acr", R"("urn:one")"), std::pair("acr", R"("mfa")"), std::pair("amr", "[]")})
    EXPECT_FALSE(MfaTime({{name, value}})) << name << value;
}

TEST_F(WebIdentitiesTest, NeverPanicsAtGarbage) {
  for (const std::string& text : {std::string(), std::string("a.b.c"), std::string(30'000, '.'),
                                  Token() + "x", Token().substr(1), "Bearer " + Token()})
    EXPECT_EQ(identities.Verify(text).error().code, ErrorCode::kInvalidIdentityToken);
}

}  // namespace
}  // namespace kmaas::identity
