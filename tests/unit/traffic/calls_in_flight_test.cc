#include "traffic/calls_in_flight.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace kmaas::traffic {
namespace {

constexpr std::uint64_t kFirst = 17;
constexpr std::uint64_t kSecond = 18;

TEST(CallsInFlight, AreBoundedForEachOfTheirCallers) {
  CallsInFlight calls(8);
  const auto one = calls.Enter(kFirst, 2);
  ASSERT_TRUE(one);
  EXPECT_TRUE(calls.Enter(kFirst, 2));
  EXPECT_FALSE(calls.Enter(kFirst, 2));
  EXPECT_TRUE(calls.Enter(kSecond, 2));
  calls.Leave(*one);
  EXPECT_TRUE(calls.Enter(kFirst, 2));
  EXPECT_FALSE(calls.Enter(kFirst, 2));
}

// A place whose owner is between two others' may not make him have two.
TEST(CallsInFlight, OfOneCallerCountAtOnePlace) {
  CallsInFlight calls(8);
  const auto before = calls.Enter(1, 1);
  const auto own = calls.Enter(2, 5);
  const auto behind = calls.Enter(3, 1);
  calls.Leave(*before);
  calls.Leave(*behind);
  EXPECT_EQ(calls.Enter(2, 5), own);
}

TEST(CallsInFlight, AreLetInWhenOthersHaveAllTheirPlaces) {
  CallsInFlight calls(8);
  std::vector<CallsInFlight::Place> others;
  for (std::uint64_t key = 1; key <= 8; ++key) others.push_back(*calls.Enter(key, 1));
  for (int i = 0; i < 100; ++i) {
    const auto uncounted = calls.Enter(9, 1);
    ASSERT_TRUE(uncounted);
    calls.Leave(*uncounted);
  }
  for (const auto place : others) calls.Leave(place);
  EXPECT_TRUE(calls.Enter(9, 1));
  EXPECT_FALSE(calls.Enter(9, 1));
}

TEST(CallsInFlight, AreCountedByManyThreads) {
  CallsInFlight calls(64);
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 10'000; ++n) {
        const auto place = calls.Enter(kFirst, 3);
        if (!place) continue;
        const int now = ++inside;
        for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
        }
        --inside;
        calls.Leave(*place);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, 3);
  EXPECT_TRUE(calls.Enter(kFirst, 1)) << "every call was taken off again";
}

}  // namespace
}  // namespace kmaas::traffic
