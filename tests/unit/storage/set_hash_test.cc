#include "storage/set_hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "base/encoding.h"

namespace kmaas::storage {
namespace {

crypto::Sha256Digest Digest(std::uint8_t fill) {
  crypto::Sha256Digest digest;
  digest.fill(fill);
  return digest;
}

std::string Hex(const SetSum& sum) {
  Bytes bytes;
  sum.AppendTo(bytes);
  return HexEncode(bytes);
}

SetHash HashOf(std::uint8_t fill) { return SetHash(RowMac(SecretBytes(Bytes(32, fill)))); }

TEST(SetSum, CarriesFromLimbToLimbAndPastTheLast) {
  SetSum sum(Digest(0xff));
  crypto::Sha256Digest one{};
  one[7] = 1;  // the lowest bit of the lowest limb
  sum.Add(SetSum(one));
  EXPECT_TRUE(sum == SetSum());
  sum.Subtract(SetSum(one));
  EXPECT_EQ(Hex(sum), std::string(64, 'f'));
}

TEST(SetSum, TakesBackInAnyOrderWhatWasAdded) {
  std::mt19937_64 random(1);
  std::vector<SetSum> terms;
  SetSum sum;
  for (int number = 0; number < 1000; ++number) {
    crypto::Sha256Digest term;
    for (std::uint8_t& byte : term) byte = static_cast<std::uint8_t>(random() | (random() & 0xf0));
    terms.emplace_back(term);
    sum.Add(terms.back());
  }
  EXPECT_FALSE(sum == SetSum());
  std::shuffle(terms.begin(), terms.end(), random);
  for (const SetSum& term : terms) sum.Subtract(term);
  EXPECT_TRUE(sum == SetSum());
}

// Computed apart from this code.
TEST(SetHash, IsAnHmacUnderADerivedKey) {
  EXPECT_EQ(Hex(HashOf(1).Term(Digest(5))),
            "d3b09b7691d50aa05452d3157e41c7b6c897f2707baadb79541024bf49218df0");
}

TEST(SetHash, DependsOnTheKey) {
  EXPECT_FALSE(HashOf(1).Term(Digest(5)) == HashOf(2).Term(Digest(5)));
  EXPECT_NE(HashOf(1).OfHead(AsBytes("r")), HashOf(2).OfHead(AsBytes("r")));
}

TEST(SetHash, TellsTablesCountsAndSumsApart) {
  const SetHash hash = HashOf(1);
  SetState state;
  state.Add(hash.Term(Digest(5)));
  const TableDigest digest = hash.OfTable("keys", state);
  EXPECT_EQ(digest, hash.OfTable("keys", state));
  EXPECT_NE(digest, hash.OfTable("aliases", state));
  SetState other = state;
  other.rows = 2;
  EXPECT_NE(digest, hash.OfTable("keys", other));
  other.rows = 1;
  other.sum.Add(hash.Term(Digest(6)));
  EXPECT_NE(digest, hash.OfTable("keys", other));
}

}  // namespace
}  // namespace kmaas::storage
