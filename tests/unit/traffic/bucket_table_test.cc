#include "traffic/bucket_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace kmaas::traffic {
namespace {

constexpr std::uint64_t kKey = 0x123456789abcdef0;
using std::chrono::milliseconds;
using std::chrono::seconds;

SteadyTime At(std::chrono::milliseconds span) { return SteadyTime(seconds(1000) + span); }

int TakeAll(BucketTable& table, std::uint64_t key, const Rate& rate, SteadyTime now) {
  int taken = 0;
  while (taken < 100'000 && table.Take(key, rate, now)) ++taken;
  return taken;
}

TEST(BucketTable, LetsABurstThroughAndThenTheRate) {
  BucketTable table(64);
  const Rate rate = PerSecond(10, 20);
  EXPECT_EQ(TakeAll(table, kKey, rate, At(milliseconds(0))), 20);
  EXPECT_EQ(TakeAll(table, kKey, rate, At(milliseconds(99))), 0);
  EXPECT_EQ(TakeAll(table, kKey, rate, At(milliseconds(100))), 1);
  EXPECT_EQ(TakeAll(table, kKey, rate, At(milliseconds(1100))), 10);
  EXPECT_EQ(TakeAll(table, kKey, rate, At(seconds(3600))), 20);
}

TEST(BucketTable, KnowsRatesBelowOneInASecond) {
  BucketTable table(64);
  const Rate rate = PerSecond(0.25, 0.5);
  EXPECT_EQ(TakeAll(table, kKey, rate, At(seconds(0))), 1);
  EXPECT_EQ(TakeAll(table, kKey, rate, At(milliseconds(3999))), 0);
  EXPECT_EQ(TakeAll(table, kKey, rate, At(seconds(4))), 1);
}

TEST(BucketTable, OneKeyTakesNothingFromAnother) {
  BucketTable table(64);
  const Rate rate = PerSecond(1, 3);
  EXPECT_EQ(TakeAll(table, 7, rate, At(seconds(0))), 3);
  EXPECT_EQ(TakeAll(table, 7 + 8, rate, At(seconds(0))), 3) << "of the same set";
  EXPECT_EQ(TakeAll(table, 8, rate, At(seconds(0))), 3);
}

TEST(BucketTable, LetsEverythingThroughWithoutARate) {
  BucketTable table(64);
  EXPECT_EQ(TakeAll(table, kKey, Rate{}, At(seconds(0))), 100'000);
  EXPECT_TRUE(table.HasOne(kKey, Rate{}, At(seconds(0))));
}

TEST(BucketTable, DrainsToEmptyAndNoFurther) {
  BucketTable table(64);
  const Rate rate = PerSecond(10, 5);
  EXPECT_TRUE(table.HasOne(kKey, rate, At(seconds(0))));
  for (int i = 0; i < 1000; ++i) table.Drain(kKey, rate, At(seconds(0)));
  EXPECT_FALSE(table.HasOne(kKey, rate, At(milliseconds(99))));
  EXPECT_TRUE(table.HasOne(kKey, rate, At(milliseconds(100))));
}

// A bucket in use is not given away while there is one that is full again.
TEST(BucketTable, ManyKeysDoNotRefillABusyBucket) {
  BucketTable table(8);  // one set: all keys share it
  const Rate rate = PerSecond(1, 10);
  EXPECT_EQ(TakeAll(table, kKey, rate, At(seconds(0))), 10);
  for (std::uint64_t key = 1; key < 1'000; ++key) table.Take(key, rate, At(milliseconds(1)));
  EXPECT_FALSE(table.HasOne(kKey, rate, At(milliseconds(1))));
}

TEST(BucketTable, ThreadsTogetherGetNoMoreThanTheBurst) {
  BucketTable table(64);
  const Rate rate = PerSecond(1, 1000);
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) taken += table.Take(kKey, rate, At(seconds(0))) ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 1000);
}

}  // namespace
}  // namespace kmaas::traffic
