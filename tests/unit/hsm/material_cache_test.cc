// Goal: handles are evicted least recently used first, and never while somebody uses them.
#include "hsm/material_cache.h"

#include <gtest/gtest.h>

namespace kmaas::hsm {
namespace {

domain::MaterialId Id(std::uint8_t first) {
  domain::MaterialId id;
  id.bits[0] = first;
  return id;
}

LoadedKey Key(CK_OBJECT_HANDLE handle, KeyHome home = KeyHome::kSession) {
  return {ObjectHandle{handle}, home};
}

std::vector<CK_OBJECT_HANDLE> Dead(MaterialCache& cache) {
  std::vector<CK_OBJECT_HANDLE> handles;
  for (const ObjectHandle handle : cache.TakeDead()) handles.push_back(handle.value);
  return handles;
}

using Handles = std::vector<CK_OBJECT_HANDLE>;

TEST(MaterialCache, FindsWhatWasInserted) {
  MaterialCache cache(2);
  EXPECT_EQ(cache.Find(Id(1)), nullptr);
  cache.Insert(Id(1), Key(11));
  ASSERT_NE(cache.Find(Id(1)), nullptr);
  EXPECT_EQ(cache.Find(Id(1))->handle.value, 11U);
  EXPECT_EQ(cache.size(), 1U);
}

TEST(MaterialCache, EvictsTheLeastRecentlyUsed) {
  MaterialCache cache(2);
  cache.Insert(Id(1), Key(11));
  cache.Insert(Id(2), Key(12));
  cache.Find(Id(1));
  cache.Insert(Id(3), Key(13));
  EXPECT_EQ(cache.Find(Id(2)), nullptr);
  EXPECT_NE(cache.Find(Id(1)), nullptr);
  EXPECT_EQ(Dead(cache), Handles{12});
  EXPECT_EQ(cache.size(), 2U);
}

TEST(MaterialCache, KeepsWhatIsInUse) {
  MaterialCache cache(1);
  auto in_use = cache.Insert(Id(1), Key(11));
  cache.Insert(Id(2), Key(12));
  EXPECT_EQ(Dead(cache), Handles{});
  in_use.reset();
  EXPECT_EQ(Dead(cache), Handles{11});
  EXPECT_EQ(Dead(cache), Handles{});
}

TEST(MaterialCache, KeepsTheFirstOfTwoLoads) {
  MaterialCache cache(2);
  cache.Insert(Id(1), Key(11));
  EXPECT_EQ(cache.Insert(Id(1), Key(99))->handle.value, 11U);
  EXPECT_EQ(Dead(cache), Handles{99});
}

TEST(MaterialCache, NeverOffersATokenObjectForDestruction) {
  MaterialCache cache(1);
  cache.Insert(Id(1), Key(11, KeyHome::kToken));
  cache.Insert(Id(2), Key(12));
  cache.Erase(Id(2));
  EXPECT_EQ(Dead(cache), Handles{12});
}

TEST(MaterialCache, LetsASecretOfTheProcessGoWithItsLastUser) {
  MaterialCache cache(2);
  auto secret = std::make_shared<const SecretBytes>(std::size_t{32});
  const std::weak_ptr<const SecretBytes> watched = secret;
  auto in_use = cache.Insert(Id(1), {{}, KeyHome::kProcess, std::move(secret)});
  cache.Erase(Id(1));
  EXPECT_FALSE(watched.expired());
  in_use.reset();
  EXPECT_TRUE(watched.expired()) << "nothing is left to be collected later";
  EXPECT_EQ(Dead(cache), Handles{});
}

TEST(MaterialCache, ForgetsWhatIsErased) {
  MaterialCache cache(2);
  cache.Insert(Id(1), Key(11));
  cache.Erase(Id(1));
  cache.Erase(Id(1));
  EXPECT_EQ(cache.Find(Id(1)), nullptr);
  EXPECT_EQ(cache.size(), 0U);
  EXPECT_EQ(Dead(cache), Handles{11});
}

TEST(MaterialCache, HoldsOneKeyAtLeast) {
  MaterialCache cache(0);
  cache.Insert(Id(1), Key(11));
  EXPECT_NE(cache.Find(Id(1)), nullptr);
}

}  // namespace
}  // namespace kmaas::hsm
