#include "storage/row_mac.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace kmaas::storage {
namespace {

RowMac MacOf(std::uint8_t fill) { return RowMac(SecretBytes(Bytes(32, fill))); }

bool Matches(std::string_view table, const ports::Row& row, const crypto::Sha256Digest& tag) {
  return MacOf(1).Matches(table, row, tag);
}

TEST(RowMac, MatchesTheRowItWasMadeFor) {
  const auto tag = MacOf(1).Tag("keys", "a/b", "value");
  EXPECT_TRUE(Matches("keys", {"a/b", "value"}, tag));
}

// Computed apart from this code: HMAC-SHA-256, key 32 times 01, over the four fields, each behind
// its length in 4 bytes.
TEST(RowMac, IsAnHmacOverLengthPrefixedFields) {
  const auto tag = MacOf(1).Tag("keys", "a/b", "value");
  EXPECT_EQ(HexEncode(tag), "5a73dae65595c6e5529255179b7f9b467b5469044ae12eeb9bb28e4f935a7571");
}

TEST(RowMac, RefusesAnotherValue) {
  const auto tag = MacOf(1).Tag("keys", "a/b", "value");
  EXPECT_FALSE(Matches("keys", {"a/b", "valuf"}, tag));
  EXPECT_FALSE(Matches("keys", {"a/b", "value "}, tag));
  EXPECT_FALSE(Matches("keys", {"a/b", ""}, tag));
}

TEST(RowMac, RefusesARowMovedToAnotherKey) {
  const auto tag = MacOf(1).Tag("keys", "a/b", "value");
  EXPECT_FALSE(Matches("keys", {"a/c", "value"}, tag));
}

TEST(RowMac, RefusesARowMovedToAnotherTable) {
  const auto tag = MacOf(1).Tag("keys", "a/b", "value");
  EXPECT_FALSE(Matches("aliases", {"a/b", "value"}, tag));
}

TEST(RowMac, DoesNotConfuseTheBordersOfFields) {
  const auto tag = MacOf(1).Tag("keys", "ab", "c");
  EXPECT_FALSE(Matches("keys", {"a", "bc"}, tag));
  EXPECT_FALSE(Matches("keysa", {"b", "c"}, tag));
}

TEST(RowMac, RefusesAnotherKey) {
  const auto tag = MacOf(2).Tag("keys", "a/b", "value");
  EXPECT_FALSE(Matches("keys", {"a/b", "value"}, tag));
}

TEST(RowMac, RefusesEveryFlippedBitAndEveryOtherLength) {
  const ports::Row row{"a/b", "value"};
  const RowMac mac = MacOf(1);
  const auto tag = mac.Tag("keys", row.key, row.value);
  for (std::size_t bit = 0; bit < tag.size() * 8; ++bit) {
    auto flipped = tag;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_FALSE(mac.Matches("keys", row, flipped)) << bit;
  }
  Bytes longer = ToBytes(tag);
  longer.push_back(0);
  EXPECT_FALSE(mac.Matches("keys", row, longer));
  EXPECT_FALSE(mac.Matches("keys", row, ByteView(tag).first(31)));
  EXPECT_FALSE(mac.Matches("keys", row, {}));
}

}  // namespace
}  // namespace kmaas::storage
