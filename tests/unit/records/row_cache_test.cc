#include "records/row_cache.h"

#include <gtest/gtest.h>

namespace kmaas::records {
namespace {

std::shared_ptr<const int> Value(int value) { return std::make_shared<const int>(value); }

TEST(RowCache, FindsWhatWasInserted) {
  RowCache<int> cache(100);
  cache.Insert("a", Value(1), cache.Ticket("a"));
  ASSERT_NE(cache.Find("a"), nullptr);
  EXPECT_EQ(*cache.Find("a"), 1);
  EXPECT_EQ(cache.Find("b"), nullptr);
}

TEST(RowCache, DropsAnInvalidatedRow) {
  RowCache<int> cache(100);
  cache.Insert("a", Value(1), cache.Ticket("a"));
  cache.Invalidate("a");
  EXPECT_EQ(cache.Find("a"), nullptr);
}

// A reader loads the old row, a writer replaces it, the reader comes late: the class of stale
// caches that outlive a revocation.
TEST(RowCache, RefusesARowThatWasReadBeforeItsReplacement) {
  RowCache<int> cache(100);
  const auto ticket = cache.Ticket("a");
  cache.Invalidate("a");
  cache.Insert("a", Value(1), ticket);
  EXPECT_EQ(cache.Find("a"), nullptr);
}

TEST(RowCache, StaysWithinItsBound) {
  RowCache<int> cache(16);
  for (int i = 0; i < 10'000; ++i) {
    const std::string key = std::to_string(i);
    cache.Insert(key, Value(i), cache.Ticket(key));
  }
  int found = 0;
  for (int i = 0; i < 10'000; ++i) found += cache.Find(std::to_string(i)) != nullptr ? 1 : 0;
  EXPECT_LE(found, 32);
  EXPECT_GT(found, 0);
}

TEST(RowCache, KeepsWhatIsUsed) {
  RowCache<int> cache(16 * 4);
  cache.Insert("hot", Value(7), cache.Ticket("hot"));
  for (int i = 0; i < 2'000; ++i) {
    const std::string key = std::to_string(i);
    cache.Insert(key, Value(i), cache.Ticket(key));
    ASSERT_NE(cache.Find("hot"), nullptr) << i;
  }
}

}  // namespace
}  // namespace kmaas::records
