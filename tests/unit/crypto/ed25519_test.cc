// Goal: both forms of Ed25519 are those of RFC 8032, and nothing invalid verifies. Method: the
// vectors of the RFC, OpenSSL, Wycheproof.
#include "crypto/ed25519.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/private_key.h"
#include "crypto/public_key_info.h"
#include "tests/unit/crypto/wycheproof.h"

namespace kmaas::crypto {
namespace {

Bytes Hex(std::string_view text) { return HexDecode(text).value(); }

struct Vector {
  const char* seed;
  const char* public_key;
  const char* message;
  const char* signature;
};

// RFC 8032 section 7.1, tests 1 to 3.
constexpr Vector kPure[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6"
     "594a7c15e9716ed28dc027beceea1ec40a"}};

// RFC 8032 section 7.3.
constexpr Vector kPrehash = {
    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf", "616263",
    "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062adf5"
    "aaa10b8c61e636062aaad11c2a26083406"};

TEST(Ed25519, SignsAsTheRfcDoes) {
  for (const Vector& vector : kPure) {
    const SecretBytes key = Ed25519KeyFromSeed(Hex(vector.seed));
    EXPECT_EQ(HexEncode(Ed25519PublicKey(key.view())), vector.public_key);
    EXPECT_EQ(HexEncode(Ed25519Sign(key.view(), Hex(vector.message))), vector.signature);
    EXPECT_TRUE(Ed25519Verify(Hex(vector.public_key), Hex(vector.message), Hex(vector.signature)));
  }
}

TEST(Ed25519, SignsAsTheRfcDoesOverADigest) {
  const SecretBytes key = Ed25519KeyFromSeed(Hex(kPrehash.seed));
  const Bytes public_key = Hex(kPrehash.public_key);
  const Bytes message = Hex(kPrehash.message);
  EXPECT_EQ(HexEncode(Ed25519phSign(key.view(), message)), kPrehash.signature);
  EXPECT_TRUE(Ed25519phVerify(public_key, message, Hex(kPrehash.signature)));
}

TEST(Ed25519, KeepsItsFormsApart) {
  const SecretBytes key = Ed25519KeyFromSeed(Hex(kPrehash.seed));
  const Bytes public_key = Ed25519PublicKey(key.view());
  const Bytes message = ToBytes(AsBytes("message"));
  EXPECT_FALSE(Ed25519Verify(public_key, message, Ed25519phSign(key.view(), message)));
  EXPECT_FALSE(Ed25519phVerify(public_key, message, Ed25519Sign(key.view(), message)));
}

TEST(Ed25519, RefusesEveryChangedBit) {
  const SecretBytes key = Ed25519KeyFromSeed(Hex(kPrehash.seed));
  const Bytes public_key = Ed25519PublicKey(key.view());
  for (const bool prehash : {false, true}) {
    const auto verifies = [&](const Bytes& signature) {
      return prehash ? Ed25519phVerify(public_key, {}, signature)
                     : Ed25519Verify(public_key, {}, signature);
    };
    const Bytes good = prehash ? Ed25519phSign(key.view(), {}) : Ed25519Sign(key.view(), {});
    EXPECT_TRUE(verifies(good));
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
      Bytes bad = good;
      bad[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      EXPECT_FALSE(verifies(bad)) << bit;
    }
  }
}

TEST(Ed25519, SignsAsOpenSslDoes) {
  const auto other = PrivateKey::Generate(domain::KeySpec::kEccNistEdwards25519);
  const SecretBytes key = Ed25519KeyFromSeed(other.Seed().view());
  EXPECT_EQ(Ed25519PublicKeyInfo(Ed25519PublicKey(key.view())), other.PublicKeyInfo());
  const Bytes message(4096, 0x61);
  EXPECT_EQ(Ed25519Sign(key.view(), message),
            other.Sign(domain::SigningAlgorithm::kEd25519Sha512, message));
}

TEST(Ed25519, VerifiesAsWycheproofWants) {
  const std::size_t cases = ForEachCase("ed25519_test.json", [](const WycheproofCase& c) {
    const simdjson::dom::object key = c.group["publicKey"].get_object();
    const Bytes point = Hex(std::string_view(key["pk"].get_string()));
    EXPECT_EQ(Ed25519Verify(point, c.Hex("msg"), c.Hex("sig")), c.valid()) << c.Name();
  });
  if (cases == 0) GTEST_SKIP() << "no vectors";
}

}  // namespace
}  // namespace kmaas::crypto
