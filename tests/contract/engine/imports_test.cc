// Goal: what customers wrap by every algorithm comes in as the key that it is, and does what
// OpenSSL does with it; nothing else comes in. Method: OpenSSL makes the keys, and wraps them.
#include "tests/contract/engine/engine_suite.h"

namespace kmaas::contract {
namespace {

using domain::Custody;
using domain::KeySpec;
using domain::KeyUsage;
using domain::WrappingAlgorithm;
using domain::WrappingKeySpec;

constexpr WrappingAlgorithm kAlgorithms[] = {
    WrappingAlgorithm::kRsaesOaepSha1, WrappingAlgorithm::kRsaesOaepSha256,
    WrappingAlgorithm::kRsaAesKeyWrapSha1, WrappingAlgorithm::kRsaAesKeyWrapSha256};

template <class T>
class ImportMatrix : public EngineSuite<T> {
 protected:
  using Suite = EngineSuite<T>;
  using Suite::engine;
  using Suite::Never;

  struct Pair {
    domain::ImportKeyId id;
    WrappingAlgorithm algorithm;
    Bytes public_key;
  };
  // One of each algorithm in a suite, of 3072 bits: 2048 are too few for a P-521 key.
  static const Pair& PairFor(WrappingAlgorithm algorithm) {
    auto [at, is_new] = pairs_.try_emplace(algorithm);
    if (is_new) at->second = NewPair(WrappingKeySpec::kRsa3072, algorithm);
    return at->second;
  }
  static Pair NewPair(WrappingKeySpec spec, WrappingAlgorithm algorithm) {
    Pair pair{{}, algorithm, {}};
    static std::uint8_t next = 0;
    pair.id.bits.fill(0x77);
    pair.id.bits[0] = ++next;
    auto made = engine().MakeImportKey(pair.id, spec, algorithm, Never());
    EXPECT_TRUE(made) << made.error().detail;
    if (made) pair.public_key = *std::move(made);
    return pair;
  }
  static void TearDownTestSuite() {
    pairs_.clear();
    Suite::TearDownTestSuite();
  }

  static ports::ImportPlan PlanFor(const Pair& pair, KeySpec spec, KeyUsage usage) {
    auto material = Suite::PlanFor(spec, usage, Suite::DefaultCustody(spec, usage));
    material.id = {};
    material.key_id.bits[0] = static_cast<std::uint8_t>(usage);  // a key has one
    return {pair.id, pair.algorithm, material};
  }
  static domain::KeyMaterial MaterialOf(const ports::ImportPlan& plan,
                                        ports::ImportedMaterial imported) {
    ports::MaterialPlan named = plan.material;
    named.id = imported.id;
    auto material = ports::MaterialOf(named, std::move(imported.made));
    material.origin = domain::KeyOrigin::kExternal;
    return material;
  }
  static domain::KeyMaterial Import(const Pair& pair, KeySpec spec, KeyUsage usage,
                                    ByteView material) {
    const auto plan = PlanFor(pair, spec, usage);
    auto imported = engine().ImportMaterial(
        plan, WrapForImport(pair.public_key, pair.algorithm, material), Never());
    EXPECT_TRUE(imported) << ToText(spec) << " by " << ToText(pair.algorithm) << ": "
                          << imported.error().detail;
    return MaterialOf(plan, imported ? *std::move(imported) : ports::ImportedMaterial());
  }
  static std::optional<ErrorCode> ImportError(const Pair& pair, KeySpec spec, KeyUsage usage,
                                              ByteView material) {
    return Suite::CodeOf(
        engine().ImportMaterial(PlanFor(pair, spec, usage),
                                WrapForImport(pair.public_key, pair.algorithm, material), Never()));
  }
  static void ExpectSigns(const domain::KeyMaterial& material, ByteView public_key) {
    EXPECT_EQ(material.public_key, ToBytes(public_key));
    for (const auto algorithm : domain::SigningAlgorithms(material.spec, material.usage)) {
      const Bytes input = DigestOf(FactsOf(algorithm).digest, AsBytes("message"));
      const auto signature = engine().Sign(material, algorithm, input, Never());
      ASSERT_TRUE(signature) << signature.error().detail;
      EXPECT_TRUE(Verifies(public_key, algorithm, input, *signature)) << ToText(algorithm);
    }
  }

 private:
  static std::map<WrappingAlgorithm, Pair> pairs_;
};
template <class T>
std::map<WrappingAlgorithm, typename ImportMatrix<T>::Pair> ImportMatrix<T>::pairs_;

TYPED_TEST_SUITE(ImportMatrix, Engines, EngineNames);

TYPED_TEST(ImportMatrix, MakesPairsOfEverySize) {
  for (const auto& [spec, bits] :
       {std::pair(WrappingKeySpec::kRsa2048, 256), std::pair(WrappingKeySpec::kRsa4096, 512)}) {
    const auto pair = this->NewPair(spec, WrappingAlgorithm::kRsaesOaepSha256);
    EXPECT_EQ(pair.public_key, Reencoded(pair.public_key));
    EXPECT_EQ(Encrypt(pair.public_key, domain::EncryptionAlgorithm::kRsaesOaepSha1, {}).size(),
              static_cast<std::size_t>(bits));
    EXPECT_TRUE(this->engine().DestroyImportKey(pair.id, this->Never()));
  }
}

TYPED_TEST(ImportMatrix, TakesBackingKeysByEveryAlgorithm) {
  const Bytes secret(32, 0x31);
  for (const WrappingAlgorithm algorithm : kAlgorithms) {
    const auto material = this->Import(this->PairFor(algorithm), KeySpec::kSymmetricDefault,
                                       KeyUsage::kEncryptDecrypt, secret);
    EXPECT_EQ(material.length_bytes, 32U);
    const auto key = this->engine().DeriveMessageKey(material, AsBytes("input"), this->Never());
    ASSERT_TRUE(key) << key.error().detail;
    EXPECT_EQ(ToBytes(key->view()),
              HmacOf(domain::MacAlgorithm::kHmacSha256, secret, AsBytes("input")));
  }
}

TYPED_TEST(ImportMatrix, TakesHmacKeysOfTheLengthsThatAreAllowed) {
  const std::pair<KeySpec, std::vector<std::size_t>> kinds[] = {
      {KeySpec::kHmac224, {28, 29, 32, 64, 128}},
      {KeySpec::kHmac256, {32, 33, 48, 64, 72, 128}},
      {KeySpec::kHmac384, {48, 49, 100, 128}},
      {KeySpec::kHmac512, {64, 65, 127, 128}}};
  for (const auto& [spec, lengths] : kinds) {
    const auto algorithm = domain::MacAlgorithms(spec, KeyUsage::kGenerateVerifyMac)[0];
    for (const std::size_t length : lengths) {
      const Bytes secret(length, static_cast<std::uint8_t>(length));
      const auto wrapping = kAlgorithms[length % 4];
      const auto material =
          this->Import(this->PairFor(wrapping), spec, KeyUsage::kGenerateVerifyMac, secret);
      const auto tag = this->engine().MakeMac(material, algorithm, AsBytes("x"), this->Never());
      ASSERT_TRUE(tag) << tag.error().detail;
      EXPECT_EQ(*tag, HmacOf(algorithm, secret, AsBytes("x"))) << length;
    }
  }
}

TYPED_TEST(ImportMatrix, TakesSigningKeysByEveryAlgorithm) {
  for (const KeySpec spec : {KeySpec::kEccNistP256, KeySpec::kEccNistP384, KeySpec::kEccNistP521,
                             KeySpec::kEccSecgP256k1, KeySpec::kEccNistEdwards25519}) {
    const OwnKey own = OwnKey::Make(spec);
    for (const WrappingAlgorithm algorithm : kAlgorithms)
      this->ExpectSigns(
          this->Import(this->PairFor(algorithm), spec, KeyUsage::kSignVerify, own.Pkcs8()),
          own.PublicKey());
  }
}

TYPED_TEST(ImportMatrix, TakesRsaKeysOfEverySize) {
  for (const KeySpec spec : {KeySpec::kRsa2048, KeySpec::kRsa3072, KeySpec::kRsa4096}) {
    const OwnKey own = OwnKey::Make(spec);
    this->ExpectSigns(this->Import(this->PairFor(WrappingAlgorithm::kRsaAesKeyWrapSha1), spec,
                                   KeyUsage::kSignVerify, own.Pkcs8()),
                      own.PublicKey());
    const auto decrypter = this->Import(this->PairFor(WrappingAlgorithm::kRsaAesKeyWrapSha256),
                                        spec, KeyUsage::kEncryptDecrypt, own.Pkcs8());
    const auto algorithm = domain::EncryptionAlgorithm::kRsaesOaepSha256;
    const auto opened = this->engine().DecryptRsa(
        decrypter, algorithm, Encrypt(own.PublicKey(), algorithm, AsBytes("text")), this->Never());
    ASSERT_TRUE(opened) << opened.error().detail;
    EXPECT_EQ(AsText(opened->view()), "text");
  }
}

TYPED_TEST(ImportMatrix, TakesAgreementKeys) {
  for (const KeySpec spec : {KeySpec::kEccNistP256, KeySpec::kEccNistP384, KeySpec::kEccNistP521}) {
    const OwnKey own = OwnKey::Make(spec);
    const OwnKey peer = OwnKey::Make(spec);
    const auto material = this->Import(this->PairFor(WrappingAlgorithm::kRsaAesKeyWrapSha256), spec,
                                       KeyUsage::kKeyAgreement, own.Pkcs8());
    EXPECT_EQ(material.public_key, own.PublicKey());
    const auto shared = this->engine().AgreeSecret(material, peer.PublicKey(), this->Never());
    ASSERT_TRUE(shared) << shared.error().detail;
    EXPECT_EQ(ToBytes(shared->view()), peer.Agree(own.PublicKey()));
  }
}

TYPED_TEST(ImportMatrix, NamesMaterialByKeyAndContent) {
  const Bytes secret(32, 0x44);
  const auto import = [&](WrappingAlgorithm algorithm, const Bytes& material, std::uint8_t key) {
    auto plan = this->PlanFor(this->PairFor(algorithm), KeySpec::kSymmetricDefault,
                              KeyUsage::kEncryptDecrypt);
    plan.material.key_id.bits[0] = key;
    const auto& pair = this->PairFor(algorithm);
    const auto imported = this->engine().ImportMaterial(
        plan, WrapForImport(pair.public_key, algorithm, material), this->Never());
    EXPECT_TRUE(imported) << imported.error().detail;
    return imported ? imported->id : domain::MaterialId();
  };
  const auto first = import(WrappingAlgorithm::kRsaesOaepSha256, secret, 1);
  EXPECT_EQ(import(WrappingAlgorithm::kRsaAesKeyWrapSha1, secret, 1), first);
  EXPECT_NE(import(WrappingAlgorithm::kRsaesOaepSha256, secret, 2), first);
  EXPECT_NE(import(WrappingAlgorithm::kRsaesOaepSha256, Bytes(32, 0x45), 1), first);
  this->Restart();
  EXPECT_EQ(import(WrappingAlgorithm::kRsaesOaepSha1, secret, 1), first);
}

TYPED_TEST(ImportMatrix, NamesPrivateKeysByKeyAndContent) {
  const auto spec = KeySpec::kEccNistEdwards25519;
  const OwnKey own = OwnKey::Make(spec);
  const auto id = [&](const Bytes& material) {
    return this
        ->Import(this->PairFor(WrappingAlgorithm::kRsaAesKeyWrapSha256), spec,
                 KeyUsage::kSignVerify, material)
        .id;
  };
  EXPECT_EQ(id(own.Pkcs8()), id(own.Pkcs8()));
  EXPECT_NE(id(own.Pkcs8()), id(OwnKey::Make(spec).Pkcs8()));
}

TYPED_TEST(ImportMatrix, RefusesSecretsOfAnotherLength) {
  for (const WrappingAlgorithm algorithm : kAlgorithms) {
    const auto& pair = this->PairFor(algorithm);
    for (const std::size_t length : {1, 16, 24, 31, 33, 64})
      EXPECT_EQ(this->ImportError(pair, KeySpec::kSymmetricDefault, KeyUsage::kEncryptDecrypt,
                                  Bytes(length, 1)),
                ErrorCode::kIncorrectKeyMaterial)
          << length << " by " << ToText(algorithm);
    EXPECT_EQ(
        this->ImportError(pair, KeySpec::kHmac512, KeyUsage::kGenerateVerifyMac, Bytes(63, 1)),
        ErrorCode::kIncorrectKeyMaterial);
    EXPECT_EQ(
        this->ImportError(pair, KeySpec::kHmac256, KeyUsage::kGenerateVerifyMac, Bytes(136, 1)),
        ErrorCode::kIncorrectKeyMaterial);
  }
}

TYPED_TEST(ImportMatrix, RefusesPrivateKeysOfAnotherKind) {
  const auto refused = [&](KeySpec spec, const Bytes& material) {
    for (const auto algorithm :
         {WrappingAlgorithm::kRsaAesKeyWrapSha1, WrappingAlgorithm::kRsaAesKeyWrapSha256})
      EXPECT_EQ(this->ImportError(this->PairFor(algorithm), spec, KeyUsage::kSignVerify, material),
                ErrorCode::kIncorrectKeyMaterial)
          << ToText(spec);
  };
  const Bytes rsa = OwnKey::Make(KeySpec::kRsa2048).Pkcs8();
  const Bytes p256 = OwnKey::Make(KeySpec::kEccNistP256).Pkcs8();
  const Bytes edwards = OwnKey::Make(KeySpec::kEccNistEdwards25519).Pkcs8();
  refused(KeySpec::kRsa3072, rsa);
  refused(KeySpec::kRsa2048, p256);
  refused(KeySpec::kRsa2048, OwnKey::MakeRsa(2056, 65537).Pkcs8());
  refused(KeySpec::kEccNistEdwards25519, p256);
  refused(KeySpec::kEccNistEdwards25519, Bytes(32, 1));
  refused(KeySpec::kEccNistP384, p256);
  refused(KeySpec::kEccSecgP256k1, p256);
  refused(KeySpec::kEccNistP256, edwards);
  refused(KeySpec::kEccNistP256, rsa);
  refused(KeySpec::kEccNistP256, Bytes(67, 0x30));
}

TYPED_TEST(ImportMatrix, RefusesAnRsaKeyWhosePartsDoNotBelongTogether) {
  const Bytes good = OwnKey::Make(KeySpec::kRsa2048).Pkcs8();
  for (const std::size_t at : {60, 100, 200}) {  // in the modulus
    Bytes bad = good;
    bad[at] ^= 1U;
    EXPECT_EQ(this->ImportError(this->PairFor(WrappingAlgorithm::kRsaAesKeyWrapSha1),
                                KeySpec::kRsa2048, KeyUsage::kSignVerify, bad),
              ErrorCode::kIncorrectKeyMaterial)
        << at;
  }
  EXPECT_TRUE(this->engine().Status().healthy);
}

TYPED_TEST(ImportMatrix, RefusesWhatDoesNotOpen) {
  for (const WrappingAlgorithm algorithm : kAlgorithms) {
    const auto& pair = this->PairFor(algorithm);
    const Bytes good = WrapForImport(pair.public_key, algorithm, Bytes(32, 5));
    std::vector<Bytes> wrong(6, good);
    wrong[0][17] ^= 1U;
    wrong[1].back() ^= 1U;
    wrong[2].pop_back();
    wrong[3].push_back(1);
    wrong[4].resize(100);
    wrong[5].clear();
    const auto plan = this->PlanFor(pair, KeySpec::kSymmetricDefault, KeyUsage::kEncryptDecrypt);
    for (std::size_t i = 0; i < wrong.size(); ++i)
      EXPECT_EQ(this->CodeOf(this->engine().ImportMaterial(plan, wrong[i], this->Never())),
                ErrorCode::kInvalidCiphertext)
          << i << " by " << ToText(algorithm);
    EXPECT_TRUE(this->engine().ImportMaterial(plan, good, this->Never()));
  }
}

TYPED_TEST(ImportMatrix, KnowsAPairByItsIdAndUntilItIsDestroyed) {
  const auto pair = this->NewPair(WrappingKeySpec::kRsa2048, WrappingAlgorithm::kRsaesOaepSha256);
  const auto kind = std::pair(KeySpec::kSymmetricDefault, KeyUsage::kEncryptDecrypt);
  this->Restart();
  EXPECT_EQ(this->ImportError(pair, kind.first, kind.second, Bytes(32, 5)), std::nullopt);
  EXPECT_TRUE(this->engine().DestroyImportKey(pair.id, this->Never()));
  EXPECT_TRUE(this->engine().DestroyImportKey(pair.id, this->Never()));
  EXPECT_EQ(this->ImportError(pair, kind.first, kind.second, Bytes(32, 5)),
            ErrorCode::kInvalidImportToken);
  auto other = this->PairFor(WrappingAlgorithm::kRsaesOaepSha256);
  other.id.bits[7] ^= 1U;
  EXPECT_EQ(this->ImportError(other, kind.first, kind.second, Bytes(32, 5)),
            ErrorCode::kInvalidImportToken);
}

TYPED_TEST(ImportMatrix, KeepsImportedMaterialOverARestart) {
  const Bytes secret(64, 0x66);
  const auto material = this->Import(this->PairFor(WrappingAlgorithm::kRsaesOaepSha1),
                                     KeySpec::kHmac512, KeyUsage::kGenerateVerifyMac, secret);
  this->Restart();
  const auto tag = this->engine().MakeMac(material, domain::MacAlgorithm::kHmacSha512, AsBytes("x"),
                                          this->Never());
  ASSERT_TRUE(tag) << tag.error().detail;
  EXPECT_EQ(*tag, HmacOf(domain::MacAlgorithm::kHmacSha512, secret, AsBytes("x")));
}

TYPED_TEST(ImportMatrix, MakesOneResidentObjectOfMaterialThatComesTwice) {
  const Bytes secret(48, 0x13);
  const auto& pair = this->PairFor(WrappingAlgorithm::kRsaesOaepSha256);
  auto plan = this->PlanFor(pair, KeySpec::kHmac384, KeyUsage::kGenerateVerifyMac);
  plan.material.custody = Custody::kResident;
  const auto import = [&] {
    auto imported = this->engine().ImportMaterial(
        plan, WrapForImport(pair.public_key, pair.algorithm, secret), this->Never());
    EXPECT_TRUE(imported) << imported.error().detail;
    return imported ? *std::move(imported) : ports::ImportedMaterial();
  };
  const auto first = import();
  EXPECT_TRUE(first.is_new);
  EXPECT_TRUE(first.made.blob.empty());
  const auto second = import();
  EXPECT_FALSE(second.is_new);
  EXPECT_EQ(second.id, first.id);
  this->Restart();
  const auto material = this->MaterialOf(plan, first);
  const auto tag = this->engine().MakeMac(material, domain::MacAlgorithm::kHmacSha384, AsBytes("x"),
                                          this->Never());
  ASSERT_TRUE(tag) << tag.error().detail;
  EXPECT_EQ(*tag, HmacOf(domain::MacAlgorithm::kHmacSha384, secret, AsBytes("x")));
  EXPECT_TRUE(this->engine().DestroyMaterial(material, this->Never()));
  EXPECT_TRUE(import().is_new);
}

TYPED_TEST(ImportMatrix, TakesResidentPrivateKeys) {
  if (this->kIsNss) GTEST_SKIP() << "the token forgets the rights of private keys that it unwraps";
  const OwnKey own = OwnKey::Make(KeySpec::kRsa2048);
  const auto& pair = this->PairFor(WrappingAlgorithm::kRsaAesKeyWrapSha1);
  auto plan = this->PlanFor(pair, KeySpec::kRsa2048, KeyUsage::kSignVerify);
  plan.material.custody = Custody::kResident;
  auto imported = this->engine().ImportMaterial(
      plan, WrapForImport(pair.public_key, pair.algorithm, own.Pkcs8()), this->Never());
  ASSERT_TRUE(imported) << imported.error().detail;
  const auto material = this->MaterialOf(plan, *std::move(imported));
  this->Restart();
  this->ExpectSigns(material, own.PublicKey());
  EXPECT_TRUE(this->engine().DestroyMaterial(material, this->Never()));
}

TYPED_TEST(ImportMatrix, DoesNothingAfterTheDeadline) {
  const auto& pair = this->PairFor(WrappingAlgorithm::kRsaesOaepSha256);
  const auto late = this->Passed();
  auto& engine = this->engine();
  domain::ImportKeyId unused;
  unused.bits.fill(0x01);
  const auto throttled = [&](const auto& result) {
    return this->CodeOf(result) == ErrorCode::kThrottling;
  };
  EXPECT_TRUE(
      throttled(engine.MakeImportKey(unused, WrappingKeySpec::kRsa2048, pair.algorithm, late)));
  EXPECT_TRUE(throttled(engine.DestroyImportKey(pair.id, late)));
  EXPECT_TRUE(throttled(
      engine.ImportMaterial(this->PlanFor(pair, KeySpec::kHmac256, KeyUsage::kGenerateVerifyMac),
                            WrapForImport(pair.public_key, pair.algorithm, Bytes(32, 1)), late)));
}

}  // namespace
}  // namespace kmaas::contract
