#include "storage/leaf_images.h"

#include <gtest/gtest.h>

namespace kmaas::storage {
namespace {

crypto::Sha256Digest Mac(std::uint8_t fill) {
  crypto::Sha256Digest mac;
  mac.fill(fill);
  return mac;
}

class Images : public testing::Test {
 protected:
  LeafImage& AddLeaf(const std::string& first, std::optional<std::string> end,
                     std::initializer_list<std::string> keys) {
    LeafImage image{0, {first, std::move(end), {}}, {}, {}};
    for (const std::string& key : keys) {
      image.macs.emplace(key, Mac(1));
      image.state.Add(hash_.Term(Mac(1)));
    }
    image.leaf.state = image.state;
    return images_.Add(std::move(image));
  }
  SetState Sum(std::initializer_list<std::uint8_t> fills) {
    SetState state;
    for (const std::uint8_t fill : fills) state.Add(hash_.Term(Mac(fill)));
    return state;
  }
  SetHash hash_{RowMac(SecretBytes(Bytes(32, 1)))};
  LeafImages images_{hash_};
};

TEST_F(Images, AreFoundByEveryKeyOfTheirLeafAndNoOther) {
  AddLeaf("b", "f", {"b"});
  EXPECT_NE(images_.Find(0, "b"), nullptr);
  EXPECT_NE(images_.Find(0, "ezz"), nullptr);
  EXPECT_EQ(images_.Find(0, "a"), nullptr);
  EXPECT_EQ(images_.Find(0, "f"), nullptr);
  EXPECT_EQ(images_.Find(1, "b"), nullptr);
}

TEST_F(Images, FollowWhatIsPutAndDeleted) {
  LeafImage& image = AddLeaf("", std::nullopt, {"a", "b"});
  images_.Set(image, "a", Mac(2));
  images_.Set(image, "c", Mac(3));
  images_.Set(image, "b", std::nullopt);
  images_.Set(image, "never there", std::nullopt);
  EXPECT_EQ(image.state, Sum({2, 3}));
  EXPECT_EQ(image.leaf.state, Sum({1, 1}));
}

TEST_F(Images, UndoAChangeAndKeepTheOneBefore) {
  LeafImage& image = AddLeaf("", std::nullopt, {"a", "b"});
  images_.BeginChange();
  images_.Set(image, "a", Mac(2));
  images_.BeginChange();
  images_.Set(image, "a", Mac(3));
  images_.Set(image, "b", std::nullopt);
  images_.Set(image, "b", Mac(4));
  images_.Set(image, "c", Mac(5));
  images_.Set(image, "c", std::nullopt);
  images_.UndoChange();
  EXPECT_EQ(image.state, Sum({2, 1}));
  EXPECT_EQ(image.macs.at("b"), Mac(1));
  EXPECT_FALSE(image.macs.contains("c"));
}

TEST_F(Images, SayOnlyWhatChanged) {
  AddLeaf("", "m", {"a"});
  LeafImage& changed = AddLeaf("m", std::nullopt, {"m"});
  images_.Set(changed, "n", Mac(2));
  const std::vector<LeafChange> changes = images_.Changes();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].before, Sum({1}));
  ASSERT_EQ(changes[0].after.size(), 1U);
  EXPECT_EQ(changes[0].after[0].first, "m");
  EXPECT_EQ(changes[0].after[0].state, Sum({1, 2}));
}

TEST_F(Images, CutALeafThatHasGrownTooLarge) {
  LeafImage& image = AddLeaf("", std::nullopt, {});
  for (std::size_t row = 0; row <= LeafDirectory::kRowsMax; ++row)
    images_.Set(image, std::to_string(row), Mac(1));
  const std::vector<LeafChange> changes = images_.Changes();
  ASSERT_EQ(changes.size(), 1U);
  ASSERT_EQ(changes[0].after.size(), 3U);
  SetState sum;
  for (const LeafPart& part : changes[0].after) sum.Replace(SetState(), part.state);
  EXPECT_EQ(sum, image.state);
}

}  // namespace
}  // namespace kmaas::storage
