#include "storage/row_mac.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "ports/store.h"

namespace kmaas::storage {
namespace {

RowMac MacOf(std::uint8_t fill) { return RowMac(SecretBytes(Bytes(32, fill))); }

bool Matches(std::string_view table, const ports::Row& row, const crypto::Sha256Digest& tag) {
  return MacOf(1).Matches(table, row.key, row.value, tag);
}

TEST(RowMac, MatchesTheRowItWasMadeFor) {
  const auto tag = MacOf(1).Tag("keys", "a/b", "value");
  EXPECT_TRUE(Matches("keys", {"a/b", "value"}, tag));
}

// Computed apart from this code: HMAC-SHA-256, key 32 times 01, over the four fields, each behind
// its length in 4 bytes.
TEST(RowMac, IsAnHmacOverLengthPrefixedFields) {
  const auto tag = MacOf(1).Tag("keys", "a/b", "value");
  EXPECT_EQ(HexEncode(tag), "74ba4ff764fbedfbd9f62f424b7de7b429485f85651cbb88c5f3c0357f84e04a");
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

// Likewise, with the label of rows without a head.
TEST(RowMac, KnowsARowThatWasWrittenWithoutAHeadAndDoesNotTakeItForOneWithAHead) {
  const Bytes old = *HexDecode("5a73dae65595c6e5529255179b7f9b467b5469044ae12eeb9bb28e4f935a7571");
  EXPECT_TRUE(MacOf(1).MatchesWithoutHead("keys", "a/b", "value", old));
  EXPECT_FALSE(MacOf(1).Matches("keys", "a/b", "value", old));
  const auto tag = MacOf(1).Tag("keys", "a/b", "value");
  EXPECT_FALSE(MacOf(1).MatchesWithoutHead("keys", "a/b", "value", tag));
}

TEST(RowMac, DerivesAKeyForEachPurpose) {
  const SecretBytes one = MacOf(1).DeriveKey("one");
  EXPECT_EQ(one.size(), 32U);
  EXPECT_EQ(HexEncode(one.view()), HexEncode(MacOf(1).DeriveKey("one").view()));
  EXPECT_NE(HexEncode(one.view()), HexEncode(MacOf(1).DeriveKey("two").view()));
  EXPECT_NE(HexEncode(one.view()), HexEncode(MacOf(2).DeriveKey("one").view()));
}

TEST(RowMac, RefusesEveryFlippedBitAndEveryOtherLength) {
  const ports::Row row{"a/b", "value"};
  const RowMac mac = MacOf(1);
  const auto tag = mac.Tag("keys", row.key, row.value);
  for (std::size_t bit = 0; bit < tag.size() * 8; ++bit) {
    auto flipped = tag;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_FALSE(mac.Matches("keys", row.key, row.value, flipped)) << bit;
  }
  Bytes longer = ToBytes(tag);
  longer.push_back(0);
  EXPECT_FALSE(mac.Matches("keys", row.key, row.value, longer));
  EXPECT_FALSE(mac.Matches("keys", row.key, row.value, ByteView(tag).first(31)));
  EXPECT_FALSE(mac.Matches("keys", row.key, row.value, {}));
}

}  // namespace
}  // namespace kmaas::storage
