// Goal: what each kind of key can do is what AWS documents. Method: AWS's table, written out again.
#include "domain/key_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "domain/custom_key_store.h"
#include "domain/import_key.h"
#include "domain/key.h"

namespace kmaas::domain {
namespace {

using testing::ElementsAre;

template <class Enum>
std::vector<Enum> All() {
  std::vector<Enum> all;
  for (std::size_t i = 0; i < kCount<Enum>; ++i) all.push_back(static_cast<Enum>(i));
  return all;
}

template <class Enum>
void ExpectTextsBack() {
  std::set<std::string_view> texts;
  for (const Enum value : All<Enum>()) {
    EXPECT_FALSE(ToText(value).empty());
    EXPECT_TRUE(texts.insert(ToText(value)).second) << ToText(value);
    EXPECT_EQ(FromText<Enum>(ToText(value)), value);
  }
  EXPECT_EQ(FromText<Enum>(""), std::nullopt);
  EXPECT_EQ(FromText<Enum>("rsa_2048"), std::nullopt);
}

template <class Algorithm>
std::vector<std::string> Texts(std::span<const Algorithm> algorithms) {
  std::vector<std::string> texts;
  for (const Algorithm algorithm : algorithms) texts.emplace_back(ToText(algorithm));
  return texts;
}

TEST(Enumerations, ComeBackFromTheirTexts) {
  ExpectTextsBack<KeySpec>();
  ExpectTextsBack<KeyUsage>();
  ExpectTextsBack<KeyOrigin>();
  ExpectTextsBack<KeyState>();
  ExpectTextsBack<Custody>();
  ExpectTextsBack<WrapDialect>();
  ExpectTextsBack<EncryptionAlgorithm>();
  ExpectTextsBack<SigningAlgorithm>();
  ExpectTextsBack<MacAlgorithm>();
  ExpectTextsBack<KeyAgreementAlgorithm>();
  ExpectTextsBack<WrappingAlgorithm>();
  ExpectTextsBack<WrappingKeySpec>();
  ExpectTextsBack<MessageType>();
}

TEST(Enumerations, OfLifeCyclesComeBackFromTheirTexts) {
  ExpectTextsBack<ExpirationModel>();
  ExpectTextsBack<MultiRegionKeyType>();
  ExpectTextsBack<RotationType>();
  ExpectTextsBack<ImportState>();
  ExpectTextsBack<KeyMaterialState>();
  ExpectTextsBack<CustomKeyStoreType>();
  ExpectTextsBack<ConnectionState>();
  ExpectTextsBack<ConnectionErrorCode>();
}

TEST(KeySpec, AdmitsTheUsagesOfAws) {
  std::vector<std::string> pairs;
  for (const KeySpec spec : All<KeySpec>()) {
    for (const KeyUsage usage : All<KeyUsage>()) {
      if (Admits(spec, usage))
        pairs.push_back(std::string(ToText(spec)) + " " + std::string(ToText(usage)));
    }
  }
  EXPECT_THAT(
      pairs, ElementsAre("SYMMETRIC_DEFAULT ENCRYPT_DECRYPT", "RSA_2048 ENCRYPT_DECRYPT",
                         "RSA_2048 SIGN_VERIFY", "RSA_3072 ENCRYPT_DECRYPT", "RSA_3072 SIGN_VERIFY",
                         "RSA_4096 ENCRYPT_DECRYPT", "RSA_4096 SIGN_VERIFY",
                         "ECC_NIST_P256 SIGN_VERIFY", "ECC_NIST_P256 KEY_AGREEMENT",
                         "ECC_NIST_P384 SIGN_VERIFY", "ECC_NIST_P384 KEY_AGREEMENT",
                         "ECC_NIST_P521 SIGN_VERIFY", "ECC_NIST_P521 KEY_AGREEMENT",
                         "ECC_SECG_P256K1 SIGN_VERIFY", "ECC_NIST_EDWARDS25519 SIGN_VERIFY",
                         "HMAC_224 GENERATE_VERIFY_MAC", "HMAC_256 GENERATE_VERIFY_MAC",
                         "HMAC_384 GENERATE_VERIFY_MAC", "HMAC_512 GENERATE_VERIFY_MAC"));
}

TEST(KeySpec, ListsAlgorithmsAsAwsDoes) {
  EXPECT_THAT(Texts(SigningAlgorithms(KeySpec::kRsa3072, KeyUsage::kSignVerify)),
              ElementsAre("RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384",
                          "RSASSA_PKCS1_V1_5_SHA_512", "RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384",
                          "RSASSA_PSS_SHA_512"));
  EXPECT_THAT(Texts(EncryptionAlgorithms(KeySpec::kRsa3072, KeyUsage::kEncryptDecrypt)),
              ElementsAre("RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"));
  EXPECT_THAT(Texts(SigningAlgorithms(KeySpec::kEccNistP384, KeyUsage::kSignVerify)),
              ElementsAre("ECDSA_SHA_384"));
  EXPECT_THAT(Texts(SigningAlgorithms(KeySpec::kEccSecgP256k1, KeyUsage::kSignVerify)),
              ElementsAre("ECDSA_SHA_256"));
  EXPECT_THAT(Texts(SigningAlgorithms(KeySpec::kEccNistEdwards25519, KeyUsage::kSignVerify)),
              ElementsAre("ED25519_PH_SHA_512", "ED25519_SHA_512"));
  EXPECT_THAT(Texts(MacAlgorithms(KeySpec::kHmac224, KeyUsage::kGenerateVerifyMac)),
              ElementsAre("HMAC_SHA_224"));
  EXPECT_THAT(Texts(KeyAgreementAlgorithms(KeySpec::kEccNistP521, KeyUsage::kKeyAgreement)),
              ElementsAre("ECDH"));
}

TEST(KeySpec, HasAlgorithmsOfItsUsageOnly) {
  for (const KeySpec spec : All<KeySpec>()) {
    for (const KeyUsage usage : All<KeyUsage>()) {
      const bool ciphers = !EncryptionAlgorithms(spec, usage).empty();
      const bool signs = !SigningAlgorithms(spec, usage).empty();
      const bool authenticates = !MacAlgorithms(spec, usage).empty();
      const bool agrees = !KeyAgreementAlgorithms(spec, usage).empty();
      EXPECT_EQ(ciphers + signs + authenticates + agrees, Admits(spec, usage) ? 1 : 0)
          << ToText(spec) << " " << ToText(usage);
    }
  }
}

// Source: AWS KMS Developer Guide, "RSA key specs for encryption and decryption".
TEST(KeySpec, LimitsPlaintextsAsOaepDoes) {
  const auto limits = [](KeySpec spec) {
    return std::vector<std::size_t>{PlaintextBytesMax(spec, EncryptionAlgorithm::kSymmetricDefault),
                                    PlaintextBytesMax(spec, EncryptionAlgorithm::kRsaesOaepSha1),
                                    PlaintextBytesMax(spec, EncryptionAlgorithm::kRsaesOaepSha256)};
  };
  EXPECT_THAT(limits(KeySpec::kSymmetricDefault), ElementsAre(4096, 0, 0));
  EXPECT_THAT(limits(KeySpec::kRsa2048), ElementsAre(0, 214, 190));
  EXPECT_THAT(limits(KeySpec::kRsa3072), ElementsAre(0, 342, 318));
  EXPECT_THAT(limits(KeySpec::kRsa4096), ElementsAre(0, 470, 446));
  EXPECT_THAT(limits(KeySpec::kEccNistP256), ElementsAre(0, 0, 0));
}

TEST(KeySpec, LimitsWhatIsImported) {
  const auto range = [](KeySpec spec) {
    const Range allowed = ImportedSecretBytes(spec);
    return std::vector<std::size_t>{allowed.min, allowed.max};
  };
  EXPECT_THAT(range(KeySpec::kSymmetricDefault), ElementsAre(32, 32));
  EXPECT_THAT(range(KeySpec::kHmac224), ElementsAre(28, 128));
  EXPECT_THAT(range(KeySpec::kHmac256), ElementsAre(32, 128));
  EXPECT_THAT(range(KeySpec::kHmac384), ElementsAre(48, 128));
  EXPECT_THAT(range(KeySpec::kHmac512), ElementsAre(64, 128));
  EXPECT_THAT(range(KeySpec::kRsa2048), ElementsAre(0, 0));
}

TEST(SigningAlgorithm, TakesMessagesInItsOwnForms) {
  for (const SigningAlgorithm algorithm : All<SigningAlgorithm>()) {
    const std::string name(ToText(algorithm));
    const bool is_edwards = name.starts_with("ED25519");
    EXPECT_EQ(SignsDigest(algorithm), !is_edwards) << name;
    EXPECT_EQ(Takes(algorithm, MessageType::kRaw), name != "ED25519_PH_SHA_512") << name;
    EXPECT_EQ(Takes(algorithm, MessageType::kDigest), name != "ED25519_SHA_512") << name;
    EXPECT_EQ(std::to_string(SizeOf(FactsOf(algorithm).digest) * 8), name.substr(name.size() - 3))
        << name;
  }
}

TEST(WrappingAlgorithm, SaysWhatItIsMadeOf) {
  for (const WrappingAlgorithm algorithm : All<WrappingAlgorithm>()) {
    const std::string name(ToText(algorithm));
    EXPECT_EQ(HasEphemeralKey(algorithm), name.starts_with("RSA_AES_KEY_WRAP")) << name;
    EXPECT_EQ(OaepDigestOf(algorithm) == Digest::kSha1, name.ends_with("SHA_1")) << name;
  }
}

}  // namespace
}  // namespace kmaas::domain
