// Goal: the relations by which answers of an HSM are checked hold for right answers alone.
#include <gtest/gtest.h>

#include "crypto/point_doubling.h"
#include "crypto/private_key.h"
#include "crypto/public_key.h"
#include "crypto/public_key_info.h"

namespace kmaas::crypto {
namespace {

using domain::KeySpec;

constexpr KeySpec kCurves[] = {KeySpec::kEccNistP256, KeySpec::kEccNistP384, KeySpec::kEccNistP521};

TEST(DoubledPoint, GivesTwiceTheSharedPoint) {
  for (const KeySpec spec : kCurves) {
    const auto own = PrivateKey::Generate(spec);
    const auto peer = PrivateKey::Generate(spec);
    const Bytes point = PointOf(spec, peer.PublicKeyInfo()).value();
    const Bytes doubled = DoubledPoint(spec, point).value();
    const auto half = PublicKey::Parse(spec, peer.PublicKeyInfo()).value();
    const auto twice = PublicKey::Parse(spec, EcPublicKeyInfo(spec, doubled)).value();
    const SecretBytes shared = own.AgreeSecret(half).value();
    const SecretBytes of_doubled = own.AgreeSecret(twice).value();
    EXPECT_TRUE(IsOfDoubledPoint(spec, shared.view(), of_doubled.view())) << ToText(spec);
    EXPECT_FALSE(IsOfDoubledPoint(spec, of_doubled.view(), shared.view())) << ToText(spec);
  }
}

TEST(DoubledPoint, BetraysEveryFlippedBit) {
  const KeySpec spec = KeySpec::kEccNistP256;
  const Bytes point = PointOf(spec, PrivateKey::Generate(spec).PublicKeyInfo()).value();
  const Bytes doubled = DoubledPoint(spec, point).value();
  const std::size_t bytes = CoordinateBytes(spec);
  const Bytes shared(point.begin() + 1, point.begin() + 1 + static_cast<std::ptrdiff_t>(bytes));
  const Bytes twice(doubled.begin() + 1, doubled.begin() + 1 + static_cast<std::ptrdiff_t>(bytes));
  ASSERT_TRUE(IsOfDoubledPoint(spec, shared, twice));
  for (std::size_t bit = 0; bit < 8 * bytes; ++bit) {
    Bytes spoilt = shared;
    spoilt[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(IsOfDoubledPoint(spec, spoilt, twice)) << bit;
    // The same bit in both, as where a line is stuck.
    Bytes also = twice;
    also[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(IsOfDoubledPoint(spec, spoilt, also)) << bit;
  }
}

TEST(DoubledPoint, RefusesWhatIsNoPoint) {
  EXPECT_FALSE(DoubledPoint(KeySpec::kEccNistP256, Bytes(65, 4)));
  EXPECT_FALSE(DoubledPoint(KeySpec::kEccNistP256, {}));
  EXPECT_FALSE(DoubledPoint(KeySpec::kRsa2048, Bytes(65, 4)));
  EXPECT_FALSE(IsOfDoubledPoint(KeySpec::kEccNistP256, {}, {}));
  EXPECT_FALSE(IsOfDoubledPoint(KeySpec::kRsa2048, Bytes(32), Bytes(32)));
}

TEST(RsaInverse, IsOneCiphertextsAlone) {
  const auto key = PrivateKey::Generate(KeySpec::kRsa2048);
  const auto half = PublicKey::Parse(KeySpec::kRsa2048, key.PublicKeyInfo()).value();
  Bytes one(256);
  one.back() = 1;  // 1 to any power is 1
  EXPECT_TRUE(half.IsRsaInverse(one, one));
  for (std::size_t bit = 0; bit < 2047; ++bit) {
    Bytes spoilt = one;
    spoilt[255 - bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(half.IsRsaInverse(one, spoilt)) << bit;
  }
  EXPECT_FALSE(half.IsRsaInverse(one, {}));
  const auto curve = PrivateKey::Generate(KeySpec::kEccNistP256).PublicKeyInfo();
  EXPECT_FALSE(PublicKey::Parse(KeySpec::kEccNistP256, curve)->IsRsaInverse(one, one));
}

}  // namespace
}  // namespace kmaas::crypto
