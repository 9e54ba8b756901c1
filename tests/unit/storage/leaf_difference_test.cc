#include "storage/leaf_difference.h"

#include <gtest/gtest.h>

namespace kmaas::storage {
namespace {

class LeafDifference : public testing::Test {
 protected:
  // A leaf that holds these rows in version 1, from `first` to before "t".
  Leaf LeafOf(std::initializer_list<std::string> keys, std::string first = "b") {
    RowTags tags;
    for (const std::string& key : keys) tags.push_back({hash_.KeyTag(key), 1});
    return {std::move(first), "t", {}, std::make_shared<const RowTags>(std::move(tags))};
  }
  // "row: what" of each, one a line.
  std::string Named(const Leaf& leaf, std::vector<FoundRow> found, std::string_view asked = {}) {
    std::string text;
    for (const RowDifference& one : Differences(leaf, found, asked, hash_))
      text += one.row + ": " + Describe(one) + "\n";
    return text;
  }
  SetHash hash_{RowMac(SecretBytes(Bytes(32, 1)))};
};

TEST_F(LeafDifference, IsNoneWhereEveryRowHasItsTag) {
  EXPECT_EQ(Named(LeafOf({"b", "c"}), {{"b", 1}, {"c", 1}}), "");
  EXPECT_EQ(Named(LeafOf({}), {}), "");
}

TEST_F(LeafDifference, NamesARowOfAnotherVersion) {
  EXPECT_EQ(Named(LeafOf({"b", "c", "d"}), {{"b", 1}, {"c", 2}, {"d", 1}}),
            "c: it is not the version of the row that was last written\n");
}

TEST_F(LeafDifference, NamesARowThatWasNotThere) {
  EXPECT_EQ(Named(LeafOf({"b", "d"}), {{"b", 1}, {"c", 1}, {"d", 1}}),
            "c: the row was deleted before and is back\n");
}

TEST_F(LeafDifference, NamesARowWhoseMacFailsOnce) {
  EXPECT_EQ(Named(LeafOf({"b", "c"}), {{"b", 1}, {"c", 0, false}}),
            "c: the MAC of the row does not match\n");
  EXPECT_EQ(Named(LeafOf({"b"}), {{"b", 1}, {"c", 0, false}}),
            "c: the MAC of the row does not match\n");
}

TEST_F(LeafDifference, NamesTheMissingRowThatWasAskedFor) {
  EXPECT_EQ(Named(LeafOf({"b", "c", "d"}), {{"b", 1}, {"d", 1}}, "c"), "c: the row is missing\n");
}

TEST_F(LeafDifference, NamesTheMissingRowWithWhichTheLeafBegan) {
  EXPECT_EQ(Named(LeafOf({"b", "c"}), {{"c", 1}}), "b: the row is missing\n");
}

TEST_F(LeafDifference, NamesTheNeighboursOfOtherMissingRows) {
  const Leaf leaf = LeafOf({"b", "c", "d", "e"});
  EXPECT_EQ(Named(leaf, {{"b", 1}, {"e", 1}}), ": 2 rows are missing between the rows b and e\n");
  EXPECT_EQ(Named(leaf, {{"b", 1}, {"c", 1}, {"d", 1}}),
            ": a row is missing between the rows d and t\n");
  const Leaf first = LeafOf({"b", "c"}, "");
  EXPECT_EQ(Named(first, {{"c", 1}}), ": a row is missing before the row c\n");
}

TEST_F(LeafDifference, TellsEachOfSeveralApart) {
  EXPECT_EQ(
      Named(LeafOf({"b", "c", "d", "e"}), {{"a1", 1}, {"b", 2}, {"d", 1}, {"e", 0, false}}, "c"),
      "a1: the row was deleted before and is back\n"
      "b: it is not the version of the row that was last written\n"
      "c: the row is missing\n"
      "e: the MAC of the row does not match\n");
}

TEST_F(LeafDifference, IsNoneWithoutTags) { EXPECT_EQ(Named({"b", "t", {}, nullptr}, {}), ""); }

}  // namespace
}  // namespace kmaas::storage
