#include "storage/leaf_directory.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace kmaas::storage {
namespace {

constexpr std::array<std::string_view, 2> kTables = {"keys", "aliases"};

SetSum Term(std::uint8_t fill) {
  crypto::Sha256Digest digest;
  digest.fill(fill);
  return SetSum(digest);
}

SetState State(std::uint64_t rows, std::uint8_t fill = 1) {
  SetState state;
  for (std::uint64_t row = 0; row < rows; ++row) state.Add(Term(fill));
  return state;
}

// "first rows;" of every leaf of the table.
std::string Shape(const LeafDirectory& directory) {
  std::string shape;
  std::optional<std::string> position = "";
  while (position) {
    const Leaf leaf = directory.Find(0, *position);
    shape += leaf.first + " " + std::to_string(leaf.state.rows) + ";";
    position = leaf.end;
  }
  return shape;
}

class Directory : public testing::Test {
 protected:
  Directory() { directory_.Load(0, {{"", State(2)}, {"g", State(3)}, {"p", State(4)}}); }
  void Change(SetState before, LeafParts after) {
    const LeafChange change{0, before, std::move(after)};
    directory_.Apply({&change, 1});
  }
  LeafDirectory directory_{kTables};
};

TEST_F(Directory, FindsTheLeafOfEveryKey) {
  EXPECT_EQ(directory_.Find(0, "").end, "g");
  EXPECT_EQ(directory_.Find(0, "fzz").first, "");
  EXPECT_EQ(directory_.Find(0, "g").first, "g");
  EXPECT_EQ(directory_.Find(0, "g").state, State(3));
  EXPECT_EQ(directory_.Find(0, "zz").end, std::nullopt);
  EXPECT_EQ(directory_.Find(1, "g").state.rows, 0U);
  EXPECT_EQ(directory_.Total(0), State(9));
}

TEST_F(Directory, KnowsNoOtherTable) {
  EXPECT_EQ(directory_.IndexOf("aliases"), 1U);
  EXPECT_EQ(directory_.IndexOf("alias"), std::nullopt);
}

TEST_F(Directory, CutsALeaf) {
  Change(State(3), {{"g", State(2)}, {"j", State(5)}});
  EXPECT_EQ(Shape(directory_), " 2;g 2;j 5;p 4;");
  EXPECT_EQ(directory_.Total(0), State(13));
}

TEST_F(Directory, JoinsAnEmptyLeafWithTheOneBefore) {
  Change(State(3), {{"g", SetState()}});
  EXPECT_EQ(Shape(directory_), " 2;p 4;");
  EXPECT_EQ(directory_.Total(0), State(6));
}

TEST_F(Directory, JoinsTheFirstLeafWithTheNext) {
  Change(State(2), {{"", SetState()}});
  EXPECT_EQ(Shape(directory_), " 3;p 4;");
}

TEST_F(Directory, AppliesAllChangesBeforeItJoins) {
  const std::array changes = {LeafChange{0, State(2), {{"", SetState()}}},
                              LeafChange{0, State(3), {{"g", State(1)}}},
                              LeafChange{0, State(4), {{"p", SetState()}}}};
  directory_.Apply(changes);
  EXPECT_EQ(Shape(directory_), " 1;");
  EXPECT_EQ(directory_.Total(0), State(1));
}

TEST_F(Directory, KeepsOneLeafOfATableThatIsEmpty) {
  const std::array changes = {LeafChange{0, State(2), {{"", SetState()}}},
                              LeafChange{0, State(3), {{"g", SetState()}}},
                              LeafChange{0, State(4), {{"p", SetState()}}}};
  directory_.Apply(changes);
  EXPECT_EQ(Shape(directory_), " 0;");
  EXPECT_EQ(directory_.Total(0), SetState());
}

TEST(LeafCutter, CutsAfterSoManyRows) {
  LeafCutter cutter("");
  for (std::size_t row = 0; row < LeafDirectory::kRowsBuilt * 2 + 1; ++row)
    cutter.Add(std::to_string(row), Term(1), {static_cast<std::uint32_t>(row), 1});
  const LeafParts parts = cutter.Take();
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].first, "");
  EXPECT_EQ(parts[1].first, std::to_string(LeafDirectory::kRowsBuilt));
  EXPECT_EQ(parts[2].state.rows, 1U);
  EXPECT_EQ(parts[2].tags.front().key, LeafDirectory::kRowsBuilt * 2);
}

}  // namespace
}  // namespace kmaas::storage
