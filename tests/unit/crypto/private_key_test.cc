// Goal: private keys that the process holds do what their public halves say, and are read only when
// they are whole. Method: round trips over every spec and algorithm; Wycheproof for OAEP and ECDH.
#include "crypto/private_key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/encoding.h"
#include "crypto/digest.h"
#include "crypto/hash.h"
#include "tests/fakes/fake_token.h"
#include "tests/unit/crypto/wycheproof.h"

namespace kmaas::crypto {
namespace {

using domain::EncryptionAlgorithm;
using domain::KeySpec;
using domain::SigningAlgorithm;

// Of every asymmetric spec.
void ForEachKey(const std::function<void(const PrivateKey&, const PublicKey&)>& check) {
  for (std::size_t i = 0; i < domain::kCount<KeySpec>; ++i) {
    const auto spec = static_cast<KeySpec>(i);
    if (!domain::IsAsymmetric(spec)) continue;
    SCOPED_TRACE(ToText(spec));
    const PrivateKey key = fakes::NewPrivateKey(spec);
    const auto half = PublicKey::Parse(spec, key.PublicKeyInfo());
    ASSERT_TRUE(half);
    check(key, *half);
  }
}

TEST(PrivateKey, SignsWhatItsPublicHalfVerifies) {
  ForEachKey([](const PrivateKey& key, const PublicKey& half) {
    for (const SigningAlgorithm algorithm : FactsOf(key.spec()).signing) {
      Bytes input = Hash(FactsOf(algorithm).digest, AsBytes("message"));
      const auto signature = key.Sign(algorithm, input);
      ASSERT_TRUE(signature) << ToText(algorithm);
      EXPECT_TRUE(half.Verify(algorithm, input, *signature)) << ToText(algorithm);
      input[0] ^= 1;
      EXPECT_FALSE(half.Verify(algorithm, input, *signature)) << ToText(algorithm);
    }
  });
}

TEST(PrivateKey, DecryptsWhatItsPublicHalfEncrypts) {
  ForEachKey([](const PrivateKey& key, const PublicKey& half) {
    for (const EncryptionAlgorithm algorithm : FactsOf(key.spec()).encryption) {
      const std::size_t longest = PlaintextBytesMax(key.spec(), algorithm);
      for (const std::size_t size : {std::size_t{0}, std::size_t{1}, longest}) {
        const Bytes plaintext(size, 0x5a);
        const auto ciphertext = half.Encrypt(algorithm, plaintext);
        ASSERT_TRUE(ciphertext);
        const auto opened = key.DecryptRsa(algorithm, *ciphertext);
        ASSERT_TRUE(opened);
        EXPECT_EQ(ToBytes(opened->view()), plaintext);
      }
      EXPECT_FALSE(half.Encrypt(algorithm, Bytes(longest + 1)));
    }
  });
}

TEST(PrivateKey, OpensUnderItsOwnAlgorithmOnly) {
  const PrivateKey key = fakes::NewPrivateKey(KeySpec::kRsa2048);
  const auto half = PublicKey::Parse(key.spec(), key.PublicKeyInfo());
  const auto sealed = half->Encrypt(EncryptionAlgorithm::kRsaesOaepSha1, AsBytes("x"));
  EXPECT_FALSE(key.DecryptRsa(EncryptionAlgorithm::kRsaesOaepSha256, *sealed));
  EXPECT_FALSE(key.DecryptRsa(EncryptionAlgorithm::kSymmetricDefault, *sealed));
  Bytes longer = *sealed;
  longer.insert(longer.begin(), 0);
  EXPECT_FALSE(key.DecryptRsa(EncryptionAlgorithm::kRsaesOaepSha1, longer));
}

TEST(PrivateKey, DecryptsAsWycheproofWants) {
  struct {
    const char* name;
    KeySpec spec;
    EncryptionAlgorithm algorithm;
  } const files[] = {{"rsa_oaep_2048_sha1_mgf1sha1_test.json", KeySpec::kRsa2048,
                      EncryptionAlgorithm::kRsaesOaepSha1},
                     {"rsa_oaep_2048_sha256_mgf1sha256_test.json", KeySpec::kRsa2048,
                      EncryptionAlgorithm::kRsaesOaepSha256},
                     {"rsa_oaep_3072_sha256_mgf1sha256_test.json", KeySpec::kRsa3072,
                      EncryptionAlgorithm::kRsaesOaepSha256}};
  std::size_t cases = 0;
  for (const auto& file : files) {
    std::optional<PrivateKey> key;
    cases += ForEachCase(file.name, [&](const WycheproofCase& c) {
      const std::string_view pkcs8 = c.group["privateKeyPkcs8"].get_string();
      if (!key) key = PrivateKey::Parse(file.spec, *HexDecode(pkcs8));
      ASSERT_TRUE(key) << c.Name();
      // AWS's algorithms have no label.
      if (!c.Hex("label").empty()) return;
      const auto opened = key->DecryptRsa(file.algorithm, c.Hex("ct"));
      ASSERT_EQ(opened.has_value(), c.valid()) << c.Name();
      EXPECT_TRUE(!opened || ToBytes(opened->view()) == c.Hex("msg")) << c.Name();
    });
  }
  if (cases == 0) GTEST_SKIP() << "no vectors in " << VectorsFolder();
  EXPECT_EQ(cases, 36U + 2 * 37U);
}

TEST(PrivateKey, AgreesWithItsPeer) {
  ForEachKey([](const PrivateKey& key, const PublicKey& half) {
    const PrivateKey peer = fakes::NewPrivateKey(key.spec());
    const auto peer_half = PublicKey::Parse(peer.spec(), peer.PublicKeyInfo());
    const auto ours = key.AgreeSecret(*peer_half);
    const auto theirs = peer.AgreeSecret(half);
    ASSERT_EQ(ours.has_value(), !FactsOf(key.spec()).agreement.empty());
    if (!ours) return;
    EXPECT_EQ(ours->size(), (FactsOf(key.spec()).bits + 7) / 8);
    EXPECT_TRUE(ConstantTimeEqual(ours->view(), theirs->view()));
  });
}

TEST(PrivateKey, AgreesWithNoPeerOfAnotherCurve) {
  const PrivateKey key = PrivateKey::Generate(KeySpec::kEccNistP256);
  const PrivateKey other = PrivateKey::Generate(KeySpec::kEccNistP384);
  EXPECT_FALSE(key.AgreeSecret(*PublicKey::Parse(other.spec(), other.PublicKeyInfo())));
}

TEST(PrivateKey, ComesBackFromPkcs8) {
  ForEachKey([](const PrivateKey& key, const PublicKey& half) {
    const SecretBytes pkcs8 = key.Pkcs8();
    const auto read = PrivateKey::Parse(key.spec(), pkcs8.view());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->PublicKeyInfo(), key.PublicKeyInfo());
    for (const SigningAlgorithm algorithm : FactsOf(key.spec()).signing) {
      const Bytes input = Hash(FactsOf(algorithm).digest, AsBytes("message"));
      EXPECT_TRUE(half.Verify(algorithm, input, *read->Sign(algorithm, input)));
    }
    Bytes longer = ToBytes(pkcs8.view());
    longer.push_back(0);
    EXPECT_FALSE(PrivateKey::Parse(key.spec(), longer));
    longer.resize(pkcs8.size() - 1);
    EXPECT_FALSE(PrivateKey::Parse(key.spec(), longer));
  });
}

TEST(PrivateKey, IsOfItsSpecOnly) {
  ForEachKey([](const PrivateKey& key, const PublicKey& /*half*/) {
    const SecretBytes pkcs8 = key.Pkcs8();
    for (std::size_t i = 0; i < domain::kCount<KeySpec>; ++i) {
      const auto spec = static_cast<KeySpec>(i);
      EXPECT_EQ(PrivateKey::Parse(spec, pkcs8.view()).has_value(), spec == key.spec());
    }
  });
}

// What does not fit together is no key: the last byte of an EC key is of its public point, of an
// RSA key of its coefficient.
TEST(PrivateKey, IsWhole) {
  for (const KeySpec spec : {KeySpec::kEccNistP256, KeySpec::kEccSecgP256k1, KeySpec::kRsa2048}) {
    Bytes pkcs8 = ToBytes(fakes::NewPrivateKey(spec).Pkcs8().view());
    pkcs8.back() ^= 1;
    EXPECT_FALSE(PrivateKey::Parse(spec, pkcs8)) << ToText(spec);
  }
}

TEST(PrivateKey, SignsNothingThatDoesNotFit) {
  const PrivateKey key = PrivateKey::Generate(KeySpec::kEccNistP256);
  EXPECT_FALSE(key.Sign(SigningAlgorithm::kEcdsaSha256, Bytes(31)));
  EXPECT_FALSE(key.Sign(SigningAlgorithm::kEcdsaSha384, Bytes(48)));
  EXPECT_FALSE(key.Sign(SigningAlgorithm::kEd25519Sha512, Bytes(32)));
  EXPECT_FALSE(key.DecryptRsa(EncryptionAlgorithm::kRsaesOaepSha1, Bytes(256)));
}

}  // namespace
}  // namespace kmaas::crypto
