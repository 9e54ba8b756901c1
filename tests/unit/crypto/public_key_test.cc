// Goal: no signature passes that is not valid, and no key is read that is not written as it must
// be. Method: Wycheproof; one key spelled in many ways.
#include "crypto/public_key.h"

#include <gtest/gtest.h>

#include <string>

#include "base/encoding.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/private_key.h"
#include "tests/unit/crypto/wycheproof.h"

namespace kmaas::crypto {
namespace {

using domain::KeySpec;
using domain::SigningAlgorithm;

Bytes GroupHex(const WycheproofCase& c, const char* member) {
  const std::string_view text = c.group[member].get_string();
  return HexDecode(text).value();
}

struct File {
  const char* name;
  KeySpec spec;
  SigningAlgorithm algorithm;
  std::size_t cases;
};

constexpr File kFiles[] = {
    {"ecdsa_secp256r1_sha256_test.json", KeySpec::kEccNistP256, SigningAlgorithm::kEcdsaSha256,
     484},
    {"ecdsa_secp384r1_sha384_test.json", KeySpec::kEccNistP384, SigningAlgorithm::kEcdsaSha384,
     504},
    {"ecdsa_secp521r1_sha512_test.json", KeySpec::kEccNistP521, SigningAlgorithm::kEcdsaSha512,
     542},
    {"ecdsa_secp256k1_sha256_test.json", KeySpec::kEccSecgP256k1, SigningAlgorithm::kEcdsaSha256,
     476},
    {"ed25519_test.json", KeySpec::kEccNistEdwards25519, SigningAlgorithm::kEd25519Sha512, 151},
    {"rsa_signature_2048_sha256_test.json", KeySpec::kRsa2048,
     SigningAlgorithm::kRsassaPkcs1V15Sha256, 0},
    {"rsa_signature_2048_sha384_test.json", KeySpec::kRsa2048,
     SigningAlgorithm::kRsassaPkcs1V15Sha384, 0},
    {"rsa_signature_2048_sha512_test.json", KeySpec::kRsa2048,
     SigningAlgorithm::kRsassaPkcs1V15Sha512, 0},
    {"rsa_signature_3072_sha256_test.json", KeySpec::kRsa3072,
     SigningAlgorithm::kRsassaPkcs1V15Sha256, 0},
    {"rsa_signature_3072_sha384_test.json", KeySpec::kRsa3072,
     SigningAlgorithm::kRsassaPkcs1V15Sha384, 0},
    {"rsa_signature_3072_sha512_test.json", KeySpec::kRsa3072,
     SigningAlgorithm::kRsassaPkcs1V15Sha512, 0},
    {"rsa_signature_4096_sha256_test.json", KeySpec::kRsa4096,
     SigningAlgorithm::kRsassaPkcs1V15Sha256, 0},
    {"rsa_signature_4096_sha384_test.json", KeySpec::kRsa4096,
     SigningAlgorithm::kRsassaPkcs1V15Sha384, 0},
    {"rsa_signature_4096_sha512_test.json", KeySpec::kRsa4096,
     SigningAlgorithm::kRsassaPkcs1V15Sha512, 0},
    {"rsa_pss_2048_sha256_mgf1_32_test.json", KeySpec::kRsa2048, SigningAlgorithm::kRsassaPssSha256,
     0},
    {"rsa_pss_2048_sha384_mgf1_48_test.json", KeySpec::kRsa2048, SigningAlgorithm::kRsassaPssSha384,
     0},
    {"rsa_pss_3072_sha256_mgf1_32_test.json", KeySpec::kRsa3072, SigningAlgorithm::kRsassaPssSha256,
     0},
    {"rsa_pss_4096_sha384_mgf1_48_test.json", KeySpec::kRsa4096, SigningAlgorithm::kRsassaPssSha384,
     0},
    {"rsa_pss_4096_sha512_mgf1_64_test.json", KeySpec::kRsa4096, SigningAlgorithm::kRsassaPssSha512,
     0},
};

// What Wycheproof calls acceptable (PKCS#1 v1.5 without the NULL of the hash's parameters) is
// refused.
TEST(PublicKey, VerifiesAsWycheproofWants) {
  std::size_t total = 0;
  for (const File& file : kFiles) {
    const std::size_t cases = ForEachCase(file.name, [&](const WycheproofCase& c) {
      const auto key = PublicKey::Parse(file.spec, GroupHex(c, "publicKeyDer"));
      ASSERT_TRUE(key) << file.name << " " << c.Name();
      Bytes input = c.Hex("msg");
      if (SignsDigest(file.algorithm)) input = Hash(FactsOf(file.algorithm).digest, input);
      EXPECT_EQ(key->Verify(file.algorithm, input, c.Hex("sig")), c.valid())
          << file.name << " " << c.Name();
    });
    EXPECT_TRUE(file.cases == 0 || cases == 0 || cases == file.cases) << file.name;
    total += cases;
  }
  if (total == 0) GTEST_SKIP() << "no vectors in " << VectorsFolder();
  EXPECT_GT(total, 3500U);
}

// RFC 8032 section 7.3.
TEST(Ed25519Prehash, GivesTheExampleOfTheStandard) {
  const Bytes seed = *HexDecode("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42");
  EXPECT_EQ(HexEncode(Ed25519phSign(Ed25519KeyFromSeed(seed).view(), AsBytes("abc"))),
            "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
            "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406");
}

TEST(PublicKey, TellsTheFormsOfEd25519Apart) {
  const PrivateKey key = PrivateKey::Generate(KeySpec::kEccNistEdwards25519);
  const auto half = PublicKey::Parse(key.spec(), key.PublicKeyInfo());
  const auto algorithms = {SigningAlgorithm::kEd25519Sha512, SigningAlgorithm::kEd25519PhSha512};
  for (const auto made : algorithms) {
    const auto signature = key.Sign(made, AsBytes("message"));
    ASSERT_TRUE(signature);
    for (const auto checked : algorithms)
      EXPECT_EQ(half->Verify(checked, AsBytes("message"), *signature), made == checked);
  }
}

TEST(PublicKey, IsOfItsSpecOnly) {
  for (std::size_t made = 0; made < domain::kCount<KeySpec>; ++made) {
    const auto spec = static_cast<KeySpec>(made);
    // RSA keys of the larger sizes are dear to make, and differ from the first by their size only.
    if (!domain::IsAsymmetric(spec) || spec == KeySpec::kRsa3072 || spec == KeySpec::kRsa4096)
      continue;
    const Bytes info = PrivateKey::Generate(spec).PublicKeyInfo();
    for (std::size_t asked = 0; asked < domain::kCount<KeySpec>; ++asked)
      EXPECT_EQ(PublicKey::Parse(static_cast<KeySpec>(asked), info).has_value(), asked == made)
          << made << " " << asked;
  }
}

TEST(PublicKey, HasOneSpelling) {
  const Bytes good = PrivateKey::Generate(KeySpec::kEccNistP256).PublicKeyInfo();
  ASSERT_TRUE(PublicKey::Parse(KeySpec::kEccNistP256, good));
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_FALSE(PublicKey::Parse(KeySpec::kEccNistP256, longer));
  // The outer length in its long form.
  Bytes spelled = {0x30, 0x81};
  spelled.insert(spelled.end(), good.begin() + 1, good.end());
  EXPECT_FALSE(PublicKey::Parse(KeySpec::kEccNistP256, spelled));
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(PublicKey::Parse(KeySpec::kEccNistP256, ByteView(good).first(size)));
}

TEST(PublicKey, IsAPointOfItsCurve) {
  for (const KeySpec spec : {KeySpec::kEccNistP256, KeySpec::kEccNistP384, KeySpec::kEccNistP521,
                             KeySpec::kEccSecgP256k1}) {
    Bytes info = PrivateKey::Generate(spec).PublicKeyInfo();
    info.back() ^= 1;
    EXPECT_FALSE(PublicKey::Parse(spec, info)) << ToText(spec);
  }
}

TEST(PublicKey, IsNotThePointAtInfinity) {
  // SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING of one byte 00 }.
  EXPECT_FALSE(PublicKey::Parse(
      KeySpec::kEccNistP256, *HexDecode("3019301306072a8648ce3d020106082a8648ce3d03010703020000")));
}

// Wycheproof, EcdhTest: "public key is on curve secp256r1 with explicit parameters".
TEST(PublicKey, NamesItsCurve) {
  std::size_t refused = 0;
  const std::size_t cases = ForEachCase("ecdh_secp256r1_test.json", [&](const WycheproofCase& c) {
    bool unnamed = false;
    for (const std::string_view flag : c.test["flags"].get_array())
      unnamed = unnamed || flag == "UnnamedCurve";
    if (!unnamed) return;
    EXPECT_FALSE(PublicKey::Parse(KeySpec::kEccNistP256, c.Hex("public"))) << c.Name();
    ++refused;
  });
  if (cases == 0) GTEST_SKIP() << "no vectors in " << VectorsFolder();
  EXPECT_GT(refused, 0U);
}

TEST(PublicKey, TakesBothFormsOfAnEcdsaSignature) {
  const Bytes digest = Hash(domain::Digest::kSha256, AsBytes("message"));
  const PrivateKey key = PrivateKey::Generate(KeySpec::kEccNistP256);
  const auto half = PublicKey::Parse(key.spec(), key.PublicKeyInfo());
  // Half of all signatures have a low s: both kinds come up.
  for (int i = 0; i < 32; ++i) {
    const auto signature = key.Sign(SigningAlgorithm::kEcdsaSha256, digest);
    ASSERT_TRUE(signature);
    EXPECT_TRUE(half->Verify(SigningAlgorithm::kEcdsaSha256, digest, *signature));
  }
}

TEST(PublicKey, RefusesWhatDoesNotFit) {
  const PrivateKey key = PrivateKey::Generate(KeySpec::kEccNistP256);
  const auto half = PublicKey::Parse(key.spec(), key.PublicKeyInfo());
  const Bytes digest = Hash(domain::Digest::kSha256, AsBytes("message"));
  const auto signature = key.Sign(SigningAlgorithm::kEcdsaSha256, digest);
  EXPECT_FALSE(half->Verify(SigningAlgorithm::kEcdsaSha384, digest, *signature));
  EXPECT_FALSE(half->Verify(SigningAlgorithm::kRsassaPssSha256, digest, *signature));
  EXPECT_FALSE(
      half->Verify(SigningAlgorithm::kEcdsaSha256, ByteView(digest).first(31), *signature));
  EXPECT_FALSE(half->Verify(SigningAlgorithm::kEcdsaSha256, digest, {}));
  EXPECT_FALSE(half->Encrypt(domain::EncryptionAlgorithm::kRsaesOaepSha256, digest));
}

}  // namespace
}  // namespace kmaas::crypto
