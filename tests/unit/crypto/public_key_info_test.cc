// Goal: public keys put together from a token's numbers are the ones that OpenSSL writes, and their
// parts come out again.
#include "crypto/public_key_info.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/private_key.h"
#include "tests/fakes/fake_token.h"

namespace kmaas::crypto {
namespace {

using domain::KeySpec;

constexpr KeySpec kCurves[] = {KeySpec::kEccNistP256, KeySpec::kEccNistP384, KeySpec::kEccNistP521,
                               KeySpec::kEccSecgP256k1};

// The same key with its point compressed.
Bytes Compressed(KeySpec spec, const Bytes& point) {
  Bytes shorter = {static_cast<std::uint8_t>(0x02U | (point.back() & 1U))};
  Append(shorter, ByteView(point).subspan(1, CoordinateBytes(spec)));
  return EcPublicKeyInfo(spec, shorter);
}

TEST(PublicKeyInfo, IsWhatOpenSslWritesOfRsa) {
  const Bytes info = fakes::NewPrivateKey(KeySpec::kRsa2048).PublicKeyInfo();
  const auto modulus = ModulusOf(info);
  ASSERT_TRUE(modulus);
  EXPECT_EQ(modulus->size(), 256U);
  const Bytes exponent = {1, 0, 1};
  EXPECT_EQ(RsaPublicKeyInfo(*modulus, exponent), info);
  Bytes padded = {0, 0};
  Append(padded, *modulus);
  EXPECT_EQ(RsaPublicKeyInfo(padded, exponent), info);
}

TEST(PublicKeyInfo, IsWhatOpenSslWritesOfCurves) {
  for (const KeySpec spec : kCurves) {
    const Bytes info = PrivateKey::Generate(spec).PublicKeyInfo();
    const auto point = PointOf(spec, info);
    ASSERT_TRUE(point) << ToText(spec);
    EXPECT_EQ(point->size(), PointBytes(spec));
    EXPECT_EQ(EcPublicKeyInfo(spec, *point), info);
  }
}

TEST(PublicKeyInfo, OpensACompressedPoint) {
  for (const KeySpec spec : kCurves) {
    const Bytes point = PointOf(spec, PrivateKey::Generate(spec).PublicKeyInfo()).value();
    EXPECT_EQ(PointOf(spec, Compressed(spec, point)), point);
  }
}

TEST(PublicKeyInfo, RefusesOtherCurvesAndPointsOffTheCurve) {
  const Bytes info = PrivateKey::Generate(KeySpec::kEccNistP256).PublicKeyInfo();
  EXPECT_FALSE(PointOf(KeySpec::kEccSecgP256k1, info));
  EXPECT_FALSE(PointOf(KeySpec::kEccNistP384, info));
  EXPECT_FALSE(ModulusOf(info));
  Bytes off = info;
  off.back() ^= 1U;
  EXPECT_FALSE(PointOf(KeySpec::kEccNistP256, off));
  EXPECT_FALSE(PointOf(KeySpec::kEccNistP256, EcPublicKeyInfo(KeySpec::kEccNistP256, Bytes{0})))
      << "the point at infinity";
}

TEST(PublicKeyInfo, RefusesWhatIsNotWhole) {
  const Bytes good = PrivateKey::Generate(KeySpec::kEccNistP256).PublicKeyInfo();
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(PointOf(KeySpec::kEccNistP256, ByteView(good).first(size)));
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_FALSE(PointOf(KeySpec::kEccNistP256, longer));
}

TEST(PublicKeyInfo, HasTheCurvesOfTheSpecs) {
  EXPECT_EQ(HexEncode(CurveOid(KeySpec::kEccNistP256)), "06082a8648ce3d030107");
  EXPECT_EQ(HexEncode(CurveOid(KeySpec::kEccSecgP256k1)), "06052b8104000a");
  EXPECT_TRUE(CurveOid(KeySpec::kRsa2048).empty());
  EXPECT_EQ(CoordinateBytes(KeySpec::kEccNistP521), 66U);
}

}  // namespace
}  // namespace kmaas::crypto
