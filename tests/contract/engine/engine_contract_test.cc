// Goal: every engine keeps the promises of ports::CryptoEngine about backing keys and the keys of
// the service. Method: one typed suite over the fake, SoftHSM and, in development mode, NSS
// softokn; one token per suite, restarted by tests.
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <thread>

#include "crypto/digest.h"
#include "crypto/ecdsa.h"
#include "tests/contract/engine/engine_suite.h"

namespace kmaas::contract {
namespace {

template <class T>
class EngineContract : public EngineSuite<T> {
 protected:
  using EngineSuite<T>::engine;
  using EngineSuite<T>::Never;

  static domain::KeyMaterial Generate(domain::Custody custody) {
    return EngineSuite<T>::Generate(EngineSuite<T>::PlanFor(
        domain::KeySpec::kSymmetricDefault, domain::KeyUsage::kEncryptDecrypt, custody));
  }

  Bytes Mac(const domain::KeyMaterial& material, std::string_view input = "input") {
    auto key = engine().DeriveMessageKey(material, AsBytes(input), Never());
    EXPECT_TRUE(key) << key.error().detail;
    return key ? ToBytes(key->view()) : Bytes();
  }

  ErrorCode MacError(const domain::KeyMaterial& material) {
    auto key = engine().DeriveMessageKey(material, AsBytes("input"), Never());
    EXPECT_FALSE(key);
    return key ? ErrorCode::kDryRunOperation : key.error().code;
  }
};

TYPED_TEST_SUITE(EngineContract, Engines, EngineNames);

TYPED_TEST(EngineContract, SaysWhatAWrappedKeyIs) {
  const auto material = this->Generate(domain::Custody::kWrapped);
  EXPECT_NE(material.dialect, domain::WrapDialect::kNone);
  EXPECT_EQ(material.root_generation, 1U);
  EXPECT_EQ(material.length_bytes, 32U);
  EXPECT_GE(material.blob.size(), 40U);
}

TYPED_TEST(EngineContract, SaysWhatAResidentKeyIs) {
  const auto material = this->Generate(domain::Custody::kResident);
  EXPECT_EQ(material.dialect, domain::WrapDialect::kNone);
  EXPECT_EQ(material.root_generation, 0U);
  EXPECT_EQ(material.length_bytes, 32U);
  EXPECT_TRUE(material.blob.empty());
}

TYPED_TEST(EngineContract, GivesEachKeyAndInputItsOwnMac) {
  std::set<Bytes> macs;
  for (const auto custody : {domain::Custody::kWrapped, domain::Custody::kResident}) {
    const auto material = this->Generate(custody);
    for (const char* input : {"", "a", "b"}) macs.insert(this->Mac(material, input));
  }
  EXPECT_EQ(macs.size(), 6U);
  for (const Bytes& mac : macs) EXPECT_EQ(mac.size(), 32U);
}

TYPED_TEST(EngineContract, RepeatsAMac) {
  const auto material = this->Generate(domain::Custody::kWrapped);
  EXPECT_EQ(this->Mac(material), this->Mac(material));
}

TYPED_TEST(EngineContract, KeepsAWrappedKeyOverARestart) {
  const auto material = this->Generate(domain::Custody::kWrapped);
  const Bytes before = this->Mac(material);
  this->Restart();
  EXPECT_EQ(this->Mac(material), before);
}

TYPED_TEST(EngineContract, KeepsAResidentKeyOverARestart) {
  const auto material = this->Generate(domain::Custody::kResident);
  const Bytes before = this->Mac(material);
  this->Restart();
  EXPECT_EQ(this->Mac(material), before);
}

TYPED_TEST(EngineContract, DestroysAResidentKey) {
  const auto material = this->Generate(domain::Custody::kResident);
  ASSERT_TRUE(this->engine().DestroyMaterial(material, this->Never()));
  EXPECT_EQ(this->MacError(material), ErrorCode::kKeyUnavailable);
  this->Restart();
  EXPECT_EQ(this->MacError(material), ErrorCode::kKeyUnavailable);
}

TYPED_TEST(EngineContract, DestroysWhatIsGoneAlready) {
  const auto material = this->Generate(domain::Custody::kResident);
  EXPECT_TRUE(this->engine().DestroyMaterial(material, this->Never()));
  EXPECT_TRUE(this->engine().DestroyMaterial(material, this->Never()));
}

TYPED_TEST(EngineContract, LeavesTheBlobGoodWhenItForgetsAWrappedKey) {
  const auto material = this->Generate(domain::Custody::kWrapped);
  const Bytes before = this->Mac(material);
  ASSERT_TRUE(this->engine().DestroyMaterial(material, this->Never()));
  EXPECT_EQ(this->Mac(material), before);
}

TYPED_TEST(EngineContract, RefusesASecondResidentKeyOfOneId) {
  const auto material = this->Generate(domain::Custody::kResident);
  const Bytes before = this->Mac(material);
  EXPECT_FALSE(this->engine().GenerateMaterial(
      {.custody = domain::Custody::kResident, .id = material.id}, this->Never()));
  EXPECT_EQ(this->Mac(material), before);
}

TYPED_TEST(EngineContract, RefusesADamagedBlob) {
  const auto good = this->Generate(domain::Custody::kWrapped);
  for (std::size_t at = 0; at < good.blob.size(); ++at) {
    auto bad = good;
    bad.id = this->NextId();
    bad.blob[at] ^= 0x01U;
    EXPECT_EQ(this->MacError(bad), ErrorCode::kKmsInternal) << at;
  }
  EXPECT_EQ(this->Mac(good).size(), 32U);
}

TYPED_TEST(EngineContract, RefusesATruncatedOrLongerBlob) {
  const auto good = this->Generate(domain::Custody::kWrapped);
  for (const std::size_t size : {std::size_t{0}, std::size_t{8}, good.blob.size() - 8,
                                 good.blob.size() - 1, good.blob.size() + 8}) {
    auto bad = good;
    bad.id = this->NextId();
    bad.blob.resize(size);
    EXPECT_EQ(this->MacError(bad), ErrorCode::kKmsInternal) << size;
  }
}

TYPED_TEST(EngineContract, RefusesAnotherDialectGenerationOrLength) {
  const auto good = this->Generate(domain::Custody::kWrapped);
  for (int i = 0; i < 4; ++i) {
    auto bad = good;
    bad.id = this->NextId();
    if (i == 0) bad.dialect = domain::WrapDialect::kNone;
    if (i == 1)
      bad.dialect = good.dialect == domain::WrapDialect::kPkcs11WrapPad
                        ? domain::WrapDialect::kPkcs11WrapKwp
                        : domain::WrapDialect::kPkcs11WrapPad;
    if (i == 2) bad.root_generation = 2;
    if (i == 3) bad.length_bytes = 31;
    EXPECT_EQ(this->MacError(bad), ErrorCode::kKmsInternal) << i;
  }
}

TYPED_TEST(EngineContract, RefusesAResidentKeyThatIsNotThere) {
  domain::KeyMaterial material;
  material.id = this->NextId();
  material.custody = domain::Custody::kResident;
  material.length_bytes = 32;
  EXPECT_EQ(this->MacError(material), ErrorCode::kKeyUnavailable);
}

TYPED_TEST(EngineContract, GivesRandomBytesOfAnyLength) {
  std::set<Bytes> seen;
  for (const std::size_t size : {16, 17, 32, 1024, 16, 32}) {
    Bytes out(size);
    ASSERT_TRUE(this->engine().GenerateRandom(out, this->Never()));
    seen.insert(out);
  }
  EXPECT_EQ(seen.size(), 6U);
  EXPECT_TRUE(this->engine().GenerateRandom({}, this->Never()));
}

TYPED_TEST(EngineContract, DerivesServiceKeysByKeyLabelAndContext) {
  const auto derive = [&](ports::ServiceKey key, std::string_view label, std::string_view context) {
    auto derived = this->engine().DeriveServiceKey(key, label, AsBytes(context), this->Never());
    EXPECT_TRUE(derived) << derived.error().detail;
    return derived ? ToBytes(derived->view()) : Bytes();
  };
  using ports::ServiceKey;
  const std::set<Bytes> keys{
      derive(ServiceKey::kIntegrity, "ab", "c"), derive(ServiceKey::kIntegrity, "a", "bc"),
      derive(ServiceKey::kIntegrity, "abc", ""), derive(ServiceKey::kSeal, "ab", "c")};
  EXPECT_EQ(keys.size(), 4U);
  const Bytes before = derive(ServiceKey::kSeal, "ab", "c");
  EXPECT_EQ(before.size(), 32U);
  this->Restart();
  EXPECT_EQ(derive(ServiceKey::kSeal, "ab", "c"), before);
}

TYPED_TEST(EngineContract, SignsAuditDigestsUnderItsPublicKey) {
  const crypto::Sha256Digest digest = crypto::Sha256(AsBytes("a record"));
  const auto public_key = this->engine().AuditPublicKey();
  const auto signature = this->engine().SignAuditDigest(digest, this->Never());
  ASSERT_TRUE(public_key);
  ASSERT_TRUE(signature) << signature.error().detail;
  EXPECT_TRUE(crypto::VerifyP256(*public_key, digest, *signature));
  EXPECT_FALSE(crypto::VerifyP256(*public_key, crypto::Sha256(AsBytes("another")), *signature));
  this->Restart();
  EXPECT_EQ(*this->engine().AuditPublicKey(), *public_key);
}

TYPED_TEST(EngineContract, DoesNothingAfterTheDeadline) {
  const auto material = this->Generate(domain::Custody::kWrapped);
  const auto late = this->Passed();
  const auto id = this->NextId();
  Bytes out(32);
  auto& engine = this->engine();
  const auto throttled = [](const auto& result) {
    return !result && result.error().code == ErrorCode::kThrottling;
  };
  EXPECT_TRUE(
      throttled(engine.GenerateMaterial({.custody = domain::Custody::kResident, .id = id}, late)));
  EXPECT_TRUE(throttled(engine.DeriveMessageKey(material, AsBytes("x"), late)));
  EXPECT_TRUE(throttled(engine.DestroyMaterial(material, late)));
  EXPECT_TRUE(throttled(engine.GenerateRandom(out, late)));
  EXPECT_TRUE(throttled(engine.DeriveServiceKey(ports::ServiceKey::kSeal, "x", {}, late)));
  EXPECT_TRUE(throttled(engine.SignAuditDigest({}, late)));
  EXPECT_EQ(out, Bytes(32));
  EXPECT_TRUE(
      engine.GenerateMaterial({.custody = domain::Custody::kResident, .id = id}, this->Never()));
}

TYPED_TEST(EngineContract, ReportsItsState) {
  ASSERT_TRUE(this->engine().CheckHealth(this->Never()));
  const ports::EngineStatus status = this->engine().Status();
  EXPECT_TRUE(status.healthy);
  EXPECT_EQ(status.engine_generation, 1U);
  EXPECT_FALSE(status.token_label.empty());
  EXPECT_FALSE(status.token_serial.empty());
  EXPECT_GE(status.mechanisms.size(), 3U);
  EXPECT_GE(status.custody.size(), 2U);
  EXPECT_EQ(status.root_generations, std::vector<std::uint32_t>{1});
  EXPECT_TRUE(status.last_error.empty());
}

TYPED_TEST(EngineContract, ServesManyThreadsAlike) {
  const auto material = this->Generate(domain::Custody::kWrapped);
  const Bytes expected = this->Mac(material);
  std::array<int, 8> wrong{};
  std::vector<std::thread> threads;
  for (int& count : wrong) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        auto key = this->engine().DeriveMessageKey(material, AsBytes("input"), this->Never());
        if (!key || ToBytes(key->view()) != expected) ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int count : wrong) EXPECT_EQ(count, 0);
}

}  // namespace
}  // namespace kmaas::contract
