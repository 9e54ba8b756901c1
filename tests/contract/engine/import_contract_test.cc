// Goal: every engine takes in what customers wrap, keeps it as its own, and nothing else. Method:
// one typed suite over the engines; material that the test knows, so results are compared.
#include <gtest/gtest.h>

#include <string>

#include "crypto/hash.h"
#include "crypto/private_key.h"
#include "tests/contract/engine/engines.h"
#include "tests/fakes/fake_token.h"
#include "tests/fakes/import_wrapping.h"

namespace kmaas::contract {
namespace {

using domain::KeySpec;
using domain::KeyUsage;
using domain::WrappingAlgorithm;
using domain::WrappingKeySpec;

template <class T>
class ImportContract : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (T::Available()) under_test_ = std::make_unique<T>();
  }
  static void TearDownTestSuite() { under_test_.reset(); }
  void SetUp() override {
    if (!under_test_) GTEST_SKIP() << "module not installed";
    const auto made = MakePair(WrappingAlgorithm::kRsaesOaepSha1);
    if (!made && made.error().code == ErrorCode::kUnsupportedOperation)
      GTEST_SKIP() << "this engine imports nothing";
  }

  ports::CryptoEngine& engine() { return under_test_->engine(); }
  void Restart() { under_test_->Restart(); }
  static Deadline Never() { return Deadline::Never(); }

  struct Pair {
    domain::ImportKeyId id;
    WrappingAlgorithm algorithm;
    Bytes public_key;
  };
  Result<Pair> MakePair(WrappingAlgorithm algorithm) {
    static std::uint8_t next = 0;
    Pair pair{{}, algorithm, {}};
    pair.id.bits.fill(0x17);
    pair.id.bits[0] = ++next;
    KM_TRY(pair.public_key,
           engine().MakeImportKey(pair.id, WrappingKeySpec::kRsa2048, algorithm, Never()));
    return pair;
  }

  static Bytes Wrapped(const Pair& pair, ByteView material) {
    return fakes::WrapForImport(pair.public_key, WrappingKeySpec::kRsa2048, pair.algorithm,
                                material);
  }
  // Into the key whose id begins with `key`.
  static ports::ImportPlan PlanOf(const Pair& pair, KeySpec spec, std::uint8_t key = 1) {
    ports::ImportPlan plan{pair.id, pair.algorithm, {}};
    plan.material.spec = spec;
    plan.material.usage = FactsOf(spec).usages.front();
    if (spec == KeySpec::kRsa2048) plan.material.usage = KeyUsage::kSignVerify;
    plan.material.key_id.bits[0] = key;
    plan.material.account = "111122223333";
    return plan;
  }
  Result<ports::ImportedMaterial> Import(const Pair& pair, KeySpec spec, ByteView material,
                                         std::uint8_t key = 1) {
    ports::ImportPlan plan = PlanOf(pair, spec, key);
    KM_TRY(plan.material.custody,
           engine().CustodyFor(spec, plan.material.usage, domain::Custody::kWrapped));
    return engine().ImportMaterial(plan, Wrapped(pair, material), Never());
  }
  domain::KeyMaterial MaterialOf(const Pair& pair, KeySpec spec,
                                 const ports::ImportedMaterial& imported) {
    ports::MaterialPlan plan = PlanOf(pair, spec).material;
    plan.id = imported.id;
    plan.custody = *engine().CustodyFor(spec, plan.usage, domain::Custody::kWrapped);
    return ports::MaterialOf(plan, imported.made);
  }
  template <class Value>
  static ErrorCode CodeOf(const Result<Value>& result) {
    return result ? ErrorCode::kDryRunOperation : result.error().code;
  }

  static std::unique_ptr<T> under_test_;
};

template <class T>
std::unique_ptr<T> ImportContract<T>::under_test_;

using Engines = testing::Types<FakeUnderTest, SoftHsmUnderTest, NssUnderTest>;
TYPED_TEST_SUITE(ImportContract, Engines);

constexpr WrappingAlgorithm kAlgorithms[] = {
    WrappingAlgorithm::kRsaesOaepSha1, WrappingAlgorithm::kRsaesOaepSha256,
    WrappingAlgorithm::kRsaAesKeyWrapSha1, WrappingAlgorithm::kRsaAesKeyWrapSha256};

TYPED_TEST(ImportContract, TakesSecretsInByEveryAlgorithm) {
  for (const WrappingAlgorithm algorithm : kAlgorithms) {
    SCOPED_TRACE(ToText(algorithm));
    const auto pair = this->MakePair(algorithm);
    ASSERT_TRUE(pair) << pair.error().detail;
    const Bytes secret(32, 0x42);
    const auto imported = this->Import(*pair, KeySpec::kHmac256, secret);
    ASSERT_TRUE(imported) << imported.error().detail;
    const auto material = this->MaterialOf(*pair, KeySpec::kHmac256, *imported);
    EXPECT_EQ(material.length_bytes, 32U);
    const auto mac = this->engine().MakeMac(material, domain::MacAlgorithm::kHmacSha256,
                                            AsBytes("message"), this->Never());
    ASSERT_TRUE(mac) << mac.error().detail;
    EXPECT_EQ(*mac, crypto::Hmac(domain::Digest::kSha256, secret, AsBytes("message")));
  }
}

TYPED_TEST(ImportContract, TakesHmacKeysOfEveryLengthInOrRefusesThem) {
  const auto pair = this->MakePair(WrappingAlgorithm::kRsaesOaepSha1);
  const std::pair<KeySpec, std::size_t> lengths[] = {
      {KeySpec::kHmac224, 28}, {KeySpec::kHmac224, 29},  {KeySpec::kHmac384, 48},
      {KeySpec::kHmac512, 64}, {KeySpec::kHmac512, 100}, {KeySpec::kHmac512, 128}};
  for (const auto& [spec, length] : lengths) {
    SCOPED_TRACE(std::string(ToText(spec)) + " " + std::to_string(length));
    const Bytes secret(length, 0x42);
    const auto imported = this->Import(*pair, spec, secret);
    ASSERT_TRUE(imported) << imported.error().detail;
    const auto algorithm = FactsOf(spec).mac.front();
    const auto mac = this->engine().MakeMac(this->MaterialOf(*pair, spec, *imported), algorithm,
                                            AsBytes("message"), this->Never());
    ASSERT_TRUE(mac) << mac.error().detail;
    EXPECT_EQ(*mac, crypto::Hmac(DigestOf(algorithm), secret, AsBytes("message")));
  }
  for (const std::size_t length : {1U, 31U, 129U})
    EXPECT_EQ(this->CodeOf(this->Import(*pair, KeySpec::kHmac256, Bytes(length, 1))),
              ErrorCode::kIncorrectKeyMaterial)
        << length;
}

TYPED_TEST(ImportContract, TakesPrivateKeysIn) {
  const auto pair = this->MakePair(WrappingAlgorithm::kRsaAesKeyWrapSha256);
  ASSERT_TRUE(pair) << pair.error().detail;
  for (const KeySpec spec : {KeySpec::kRsa2048, KeySpec::kEccNistP256, KeySpec::kEccNistP521,
                             KeySpec::kEccSecgP256k1, KeySpec::kEccNistEdwards25519}) {
    SCOPED_TRACE(ToText(spec));
    if (!this->engine().CustodyFor(spec, KeyUsage::kSignVerify, domain::Custody::kWrapped))
      continue;
    const crypto::PrivateKey key = fakes::NewPrivateKey(spec);
    const auto imported = this->Import(*pair, spec, key.Pkcs8().view());
    ASSERT_TRUE(imported) << imported.error().detail;
    EXPECT_EQ(imported->made.public_key, key.PublicKeyInfo());
    const auto material = this->MaterialOf(*pair, spec, *imported);
    const auto algorithm = FactsOf(spec).signing.front();
    const Bytes input = crypto::Hash(FactsOf(algorithm).digest, AsBytes("message"));
    const auto signature = this->engine().Sign(material, algorithm, input, this->Never());
    ASSERT_TRUE(signature) << signature.error().detail;
    const auto half = crypto::PublicKey::Parse(spec, key.PublicKeyInfo());
    EXPECT_TRUE(half->Verify(algorithm, input, *signature));
  }
}

TYPED_TEST(ImportContract, NamesMaterialByKeyAndMaterial) {
  const auto pair = this->MakePair(WrappingAlgorithm::kRsaesOaepSha1);
  const auto other = this->MakePair(WrappingAlgorithm::kRsaAesKeyWrapSha1);
  const Bytes one(32, 1);
  const Bytes two(32, 2);
  const auto id = [&](const auto& with, const Bytes& secret, std::uint8_t key) {
    const auto imported = this->Import(*with, KeySpec::kSymmetricDefault, secret, key);
    EXPECT_TRUE(imported) << imported.error().detail;
    return imported ? imported->id.ToText() : std::string();
  };
  EXPECT_EQ(id(pair, one, 1), id(other, one, 1));
  EXPECT_NE(id(pair, one, 1), id(pair, two, 1));
  EXPECT_NE(id(pair, one, 1), id(pair, one, 2));
}

TYPED_TEST(ImportContract, RefusesWhatDoesNotOpen) {
  for (const WrappingAlgorithm algorithm : kAlgorithms) {
    SCOPED_TRACE(ToText(algorithm));
    const auto pair = this->MakePair(algorithm);
    ASSERT_TRUE(pair) << pair.error().detail;
    const ports::ImportPlan plan = this->PlanOf(*pair, KeySpec::kSymmetricDefault);
    const Bytes good = this->Wrapped(*pair, Bytes(32, 1));
    Bytes flipped = good;
    flipped.back() ^= 1;
    Bytes longer = good;
    longer.resize(good.size() + 8);
    for (const Bytes& bad : {flipped, longer, Bytes(good.size(), 0xff), Bytes(1), Bytes()})
      EXPECT_EQ(this->CodeOf(this->engine().ImportMaterial(plan, bad, this->Never())),
                ErrorCode::kInvalidCiphertext);
  }
}

TYPED_TEST(ImportContract, RefusesMaterialOfAnotherKind) {
  const auto pair = this->MakePair(WrappingAlgorithm::kRsaAesKeyWrapSha1);
  ASSERT_TRUE(pair) << pair.error().detail;
  const SecretBytes p256 = crypto::PrivateKey::Generate(KeySpec::kEccNistP256).Pkcs8();
  for (const KeySpec spec : {KeySpec::kSymmetricDefault, KeySpec::kHmac512, KeySpec::kRsa2048,
                             KeySpec::kEccNistP384, KeySpec::kEccSecgP256k1})
    EXPECT_EQ(this->CodeOf(this->Import(*pair, spec, p256.view())),
              ErrorCode::kIncorrectKeyMaterial)
        << ToText(spec);
  EXPECT_EQ(this->CodeOf(this->Import(*pair, KeySpec::kEccNistP256, Bytes(32, 1))),
            ErrorCode::kIncorrectKeyMaterial);
}

TYPED_TEST(ImportContract, KnowsItsPairsOverARestartUntilTheyAreDestroyed) {
  const auto pair = this->MakePair(WrappingAlgorithm::kRsaesOaepSha1);
  ASSERT_TRUE(pair) << pair.error().detail;
  this->Restart();
  EXPECT_TRUE(this->Import(*pair, KeySpec::kSymmetricDefault, Bytes(32, 1)));
  EXPECT_TRUE(this->engine().DestroyImportKey(pair->id, this->Never()));
  EXPECT_TRUE(this->engine().DestroyImportKey(pair->id, this->Never()));
  EXPECT_EQ(this->CodeOf(this->Import(*pair, KeySpec::kSymmetricDefault, Bytes(32, 1))),
            ErrorCode::kInvalidImportToken);
}

}  // namespace
}  // namespace kmaas::contract
