// Goal: among the keys that a signature tells of is always the one that made it.
#include "crypto/ecdsa_recovery.h"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>

#include <algorithm>

#include "crypto/der.h"
#include "crypto/hash.h"
#include "crypto/private_key.h"
#include "crypto/public_key_info.h"

namespace kmaas::crypto {
namespace {

using domain::KeySpec;

Bytes Halves(KeySpec spec, ByteView der) {
  DerReader outer(der);
  DerReader inner(outer.Take(DerTag::kSequence).value());
  Bytes halves;
  for (int i = 0; i < 2; ++i) {
    const ByteView number = inner.TakeUnsigned().value();
    halves.resize(halves.size() + CoordinateBytes(spec) - number.size());
    Append(halves, number);
  }
  return halves;
}

TEST(EcdsaRecovery, FindsTheKeyOnEveryCurve) {
  for (const KeySpec spec : {KeySpec::kEccNistP256, KeySpec::kEccNistP384, KeySpec::kEccNistP521,
                             KeySpec::kEccSecgP256k1}) {
    const auto algorithm = FactsOf(spec).signing[0];
    for (int i = 0; i < 20; ++i) {
      const PrivateKey key = PrivateKey::Generate(spec);
      const Bytes digest = Hash(FactsOf(algorithm).digest, AsBytes("message"));
      const Bytes halves = Halves(spec, key.Sign(algorithm, digest).value());
      const auto found = PublicKeysOf(spec, digest, halves);
      EXPECT_LE(found.size(), 2U);
      EXPECT_EQ(std::count(found.begin(), found.end(), key.PublicKeyInfo()), 1) << ToText(spec);
      const auto signature = EcdsaSignatureToDer(halves);
      for (const Bytes& info : found)
        EXPECT_TRUE(PublicKey::Parse(spec, info)->Verify(algorithm, digest, signature));
    }
  }
}

TEST(EcdsaRecovery, FindsNothingInNumbersThatAreNoSignature) {
  const Bytes digest(32, 1);
  EXPECT_TRUE(PublicKeysOf(KeySpec::kEccNistP256, digest, Bytes(64, 0)).empty());
  EXPECT_TRUE(PublicKeysOf(KeySpec::kEccNistP256, digest, Bytes(64, 0xff)).empty());
}

}  // namespace
}  // namespace kmaas::crypto
