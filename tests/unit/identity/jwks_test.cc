#include <gtest/gtest.h>

#include "base/encoding.h"
#include "identity/jwks.h"
#include "tests/fakes/test_issuer.h"

namespace kmaas::identity {
namespace {

using fakes::TestIssuer;

const std::vector<std::string> kAll = {"RS256", "RS384", "RS512", "PS256",
                                       "ES256", "ES384", "EdDSA"};

std::string SetOf(const std::string& keys) { return R"({"keys":[)" + keys + "]}"; }
bool Signed(const KeySet& set, const std::string& text) {
  const auto token = ParseJwt(text);
  return token && set.Signed(*token);
}

TEST(Jwks, BelievesEachKindOfKey) {
  const auto set = *KeySet::Parse(TestIssuer(kAll).Jwks());
  EXPECT_EQ(set->size(), 7U);
  for (const std::string& algorithm : kAll)
    EXPECT_TRUE(Signed(*set, TestIssuer::Token(algorithm, "{}"))) << algorithm;
}

TEST(Jwks, RefusesEveryFlippedBitOfASignature) {
  const auto set = *KeySet::Parse(TestIssuer({"ES256"}).Jwks());
  const std::string text = TestIssuer::Token("ES256", "{}");
  const auto token = ParseJwt(text);
  ASSERT_TRUE(set->Signed(*token));
  for (std::size_t bit = 0; bit < token->signature.size() * 8; ++bit) {
    Jwt other = *token;
    other.signature[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(set->Signed(other)) << bit;
  }
  Jwt longer = *token;
  longer.signature.push_back(0);
  EXPECT_FALSE(set->Signed(longer));
}

TEST(Jwks, RefusesAnotherAlgorithmThanTheKeys) {
  const auto set = *KeySet::Parse(TestIssuer(kAll).Jwks());
  for (const std::string& made : kAll) {
    for (const std::string claimed : {"RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA",
                                      "none", "None", "HS256", "HS512", "PS384", "ES512", ""}) {
      if (claimed == made) continue;
      const std::string header = R"({"alg":")" + claimed + R"(","kid":")" + made + R"(-key"})";
      EXPECT_FALSE(Signed(*set, TestIssuer::Sign(made, header, "{}"))) << made << " as " << claimed;
    }
  }
}

TEST(Jwks, KeepsAKeyToTheAlgorithmThatTheSetNames) {
  std::string key = TestIssuer::Jwk("RS256", "RS256-key");
  key.insert(1, R"("alg":"RS256",)");
  const auto set = *KeySet::Parse(SetOf(key));
  EXPECT_TRUE(Signed(*set, TestIssuer::Token("RS256", "{}")));
  key.replace(key.find("RS256"), 5, "RS512");
  EXPECT_FALSE(Signed(**KeySet::Parse(SetOf(key)), TestIssuer::Token("RS256", "{}")));
}

TEST(Jwks, KnowsAKeyByItsNameAlone) {
  const auto set = *KeySet::Parse(SetOf(TestIssuer::Jwk("ES256", "other")));
  EXPECT_FALSE(Signed(*set, TestIssuer::Token("ES256", "{}")));
  EXPECT_TRUE(Signed(*set, TestIssuer::Sign("ES256", R"({"alg":"ES256","kid":"other"})", "{}")));
}

TEST(Jwks, BelievesNoKeyThatATokenBrings) {
  const auto set = *KeySet::Parse(SetOf(TestIssuer::Jwk("ES384", "trusted")));
  const std::string header =
      R"({"alg":"ES256","kid":"trusted","jwk":)" + TestIssuer::Jwk("ES256", "trusted") + "}";
  EXPECT_FALSE(Signed(*set, TestIssuer::Sign("ES256", header, "{}")));
}

TEST(Jwks, PassesOverKeysForOtherUses) {
  std::string encrypting = TestIssuer::Jwk("RS256", "e");
  encrypting.replace(encrypting.find(R"("sig")"), 5, R"("enc")");
  std::string wrapping = TestIssuer::Jwk("RS256", "w");
  wrapping.insert(1, R"("key_ops":["wrapKey"],)");
  std::string unnamed = TestIssuer::Jwk("RS256", "x");
  unnamed.replace(unnamed.find("kid"), 3, "kit");
  const std::string secp = R"({"kid":"k","kty":"EC","crv":"secp256k1","x":"AA","y":"AA"})";
  const auto set = *KeySet::Parse(SetOf(encrypting + "," + wrapping + "," + unnamed + "," + secp +
                                        "," + TestIssuer::Jwk("ES256", "good")));
  EXPECT_EQ(set->size(), 1U);
  EXPECT_TRUE(set->Knows("good"));
}

TEST(Jwks, RefusesWeakKeysAndPointsOffTheCurve) {
  const std::string small =
      R"({"kid":"s","kty":"RSA","e":"AQAB","n":")" + std::string(170, 'A') + R"(9x"})";
  const std::string off = R"({"kid":"o","kty":"EC","crv":"P-256","x":")" + std::string(43, 'A') +
                          R"(","y":")" + std::string(43, 'A') + R"("})";
  std::string even = TestIssuer::Jwk("RS256", "e");
  even.replace(even.find("AQAB"), 4, "AQAA");
  std::string one = TestIssuer::Jwk("RS256", "e");
  one.replace(one.find("AQAB"), 4, "AQ");
  for (const std::string& key : {small, off, even, one})
    EXPECT_EQ(KeySet::Parse(SetOf(key)).error().code, ErrorCode::kValidation) << key;
}

TEST(Jwks, RefusesSetsThatCannotBeMeant) {
  const std::string good = TestIssuer::Jwk("ES256", "one");
  std::string own = good;
  own.insert(1, R"("d":"AA",)");
  for (const std::string& bad :
       {std::string(), std::string("{}"), std::string("[]"), SetOf(""), good, SetOf("7"),
        std::string(R"({"keys":{}})"), SetOf(good + "," + good), SetOf(own),
        SetOf(good + R"(,{"kid":"h","kty":"oct","k":"AAAA"})"),
        R"({"keys":[],"keys":[)" + good + "]}", SetOf(good) + std::string(kJwksBytesMax, ' ')})
    EXPECT_FALSE(KeySet::Parse(bad)) << bad.substr(0, 200);
}

// RFC 7515 appendix A.2 and A.3, RFC 8037 appendix A.4: the headers there have no kid, so only the
// keys and signatures are taken from them.
TEST(Jwks, AgreesWithThePublishedEd25519Example) {
  const auto set = *KeySet::Parse(SetOf(
      R"({"kid":"rfc","kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"));
  const std::string text = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  Jwt token;
  token.algorithm = "EdDSA";
  token.key_id = "rfc";
  token.signed_part = text;
  std::string signature;
  ASSERT_TRUE(Base64UrlDecode(
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
      signature));
  token.signature = ToBytes(AsBytes(signature));
  EXPECT_TRUE(set->Signed(token));
}

TEST(Jwks, AgreesWithThePublishedP256Example) {
  const auto set = *KeySet::Parse(SetOf(
      R"({"kid":"rfc","kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
      R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})"));
  const std::string text =
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLm"
      "NvbS9pc19yb290Ijp0cnVlfQ";
  Jwt token;
  token.algorithm = "ES256";
  token.key_id = "rfc";
  token.signed_part = text;
  std::string signature;
  ASSERT_TRUE(Base64UrlDecode(
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
      signature));
  token.signature = ToBytes(AsBytes(signature));
  EXPECT_TRUE(set->Signed(token));
}

}  // namespace
}  // namespace kmaas::identity
