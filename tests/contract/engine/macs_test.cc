// Goal: customers' HMAC keys of every spec make full tags under their own algorithm, the same ones
// each time.
#include <set>

#include "tests/contract/engine/engine_suite.h"

namespace kmaas::contract {
namespace {

using domain::Custody;
using domain::KeySpec;
using domain::KeyUsage;
using domain::MacAlgorithm;

constexpr std::pair<KeySpec, MacAlgorithm> kKinds[] = {
    {KeySpec::kHmac224, MacAlgorithm::kHmacSha224},
    {KeySpec::kHmac256, MacAlgorithm::kHmacSha256},
    {KeySpec::kHmac384, MacAlgorithm::kHmacSha384},
    {KeySpec::kHmac512, MacAlgorithm::kHmacSha512}};

template <class T>
class Macs : public EngineSuite<T> {
 protected:
  using Suite = EngineSuite<T>;
  static domain::KeyMaterial New(KeySpec spec, Custody custody = Custody::kWrapped) {
    return Suite::Generate(Suite::PlanFor(spec, KeyUsage::kGenerateVerifyMac, custody));
  }
  static Bytes Mac(const domain::KeyMaterial& material, MacAlgorithm algorithm,
                   ByteView message = AsBytes("message")) {
    auto tag = Suite::engine().MakeMac(material, algorithm, message, Suite::Never());
    EXPECT_TRUE(tag) << ToText(algorithm) << ": " << tag.error().detail;
    return tag ? *std::move(tag) : Bytes();
  }
};
TYPED_TEST_SUITE(Macs, Engines, EngineNames);

TYPED_TEST(Macs, GivesEachKeyAndMessageItsOwnTag) {
  std::set<Bytes> tags;
  for (const auto& [spec, algorithm] : kKinds) {
    for (const auto custody : {Custody::kWrapped, Custody::kResident}) {
      const auto material = this->New(spec, custody);
      EXPECT_EQ(material.length_bytes, domain::SecretLength(spec));
      EXPECT_TRUE(material.public_key.empty());
      for (const std::size_t size : {std::size_t{0}, std::size_t{1}, domain::kMessageBytesMax}) {
        const Bytes message(size, 0x6d);
        const Bytes tag = this->Mac(material, algorithm, message);
        EXPECT_EQ(tag.size(), SizeOf(domain::DigestOf(algorithm)));
        EXPECT_EQ(this->Mac(material, algorithm, message), tag);
        tags.insert(tag);
      }
    }
  }
  EXPECT_EQ(tags.size(), 24U);
}

TYPED_TEST(Macs, KeepsKeysOverARestart) {
  for (const auto& [spec, algorithm] : kKinds) {
    const auto wrapped = this->New(spec);
    const auto resident = this->New(spec, Custody::kResident);
    const Bytes before[] = {this->Mac(wrapped, algorithm), this->Mac(resident, algorithm)};
    this->Restart();
    EXPECT_EQ(this->Mac(wrapped, algorithm), before[0]);
    EXPECT_EQ(this->Mac(resident, algorithm), before[1]);
  }
}

TYPED_TEST(Macs, RefusesAlgorithmsOfOtherSpecs) {
  for (const auto& [spec, own] : kKinds) {
    const auto material = this->New(spec);
    for (const auto& [other, algorithm] : kKinds) {
      const auto made = this->engine().MakeMac(material, algorithm, AsBytes("x"), this->Never());
      EXPECT_EQ(this->CodeOf(made) == ErrorCode::kInvalidKeyUsage, algorithm != own);
    }
    EXPECT_EQ(this->CodeOf(this->engine().DeriveMessageKey(material, AsBytes("x"), this->Never())),
              ErrorCode::kInvalidKeyUsage);
  }
}

TYPED_TEST(Macs, MakesNoMacUnderABackingKey) {
  const auto material = this->Generate(
      this->PlanFor(KeySpec::kSymmetricDefault, KeyUsage::kEncryptDecrypt, Custody::kWrapped));
  EXPECT_EQ(this->CodeOf(this->engine().MakeMac(material, MacAlgorithm::kHmacSha256, AsBytes("x"),
                                                this->Never())),
            ErrorCode::kInvalidKeyUsage);
}

// The blob of a backing key in the row of an HMAC key would tell message keys.
TYPED_TEST(Macs, OpensNoBackingKeyAsAnHmacKey) {
  auto moved = this->Generate(
      this->PlanFor(KeySpec::kSymmetricDefault, KeyUsage::kEncryptDecrypt, Custody::kWrapped));
  moved.spec = KeySpec::kHmac256;
  moved.usage = KeyUsage::kGenerateVerifyMac;
  EXPECT_EQ(this->CodeOf(this->engine().MakeMac(moved, MacAlgorithm::kHmacSha256, AsBytes("x"),
                                                this->Never())),
            ErrorCode::kKmsInternal);
}

TYPED_TEST(Macs, DestroysAResidentKey) {
  const auto material = this->New(KeySpec::kHmac384, Custody::kResident);
  this->Mac(material, MacAlgorithm::kHmacSha384);
  ASSERT_TRUE(this->engine().DestroyMaterial(material, this->Never()));
  EXPECT_EQ(this->CodeOf(this->engine().MakeMac(material, MacAlgorithm::kHmacSha384, AsBytes("x"),
                                                this->Never())),
            ErrorCode::kKeyUnavailable);
}

}  // namespace
}  // namespace kmaas::contract
