// Goal: admission is bounded, obeys deadlines and loses no waiter.
#include "hsm/lane.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>
#include <vector>

#include "tests/fakes/manual_clock.h"

namespace kmaas::hsm {
namespace {

class LaneTest : public testing::Test {
 protected:
  Deadline In(std::chrono::milliseconds span) { return Deadline::After(clock_, span); }
  fakes::ManualClock clock_;
};

TEST_F(LaneTest, GivesEachCallerASlotOfItsOwn) {
  Lane lane({.width = 2, .waiting_max = 0}, clock_);
  const auto first = lane.Acquire(Deadline::Never());
  const auto second = lane.Acquire(Deadline::Never());
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->slot(), second->slot());
}

TEST_F(LaneTest, ThrottlesWhenNobodyMayWait) {
  Lane lane({.width = 1, .waiting_max = 0}, clock_);
  const auto first = lane.Acquire(Deadline::Never());
  const auto second = lane.Acquire(Deadline::Never());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kThrottling);
  EXPECT_EQ(second.error().detail, "lane full");
  EXPECT_EQ(lane.waiting(), 0U);
}

TEST_F(LaneTest, GivesTheSlotBack) {
  Lane lane({.width = 1, .waiting_max = 0}, clock_);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(lane.Acquire(Deadline::Never()));
}

TEST_F(LaneTest, ThrottlesAfterTheDeadlineThoughFree) {
  Lane lane({.width = 1, .waiting_max = 1}, clock_);
  const auto late = lane.Acquire({clock_.SteadyNow()});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kThrottling);
}

TEST_F(LaneTest, ThrottlesWhenTheDeadlinePassesWhileWaiting) {
  Lane lane({.width = 1, .waiting_max = 1}, clock_);
  const auto first = lane.Acquire(Deadline::Never());
  const auto second = lane.Acquire(In(std::chrono::milliseconds(1)));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().detail, "deadline passed while waiting");
}

TEST_F(LaneTest, CountsTurnsTheirTimeAndWhoIsTurnedAway) {
  Lane lane({.width = 2, .waiting_max = 0}, clock_);
  {
    const auto first = lane.Acquire(Deadline::Never());
    const auto second = lane.Acquire(Deadline::Never());
    EXPECT_FALSE(lane.Acquire(Deadline::Never()));
    EXPECT_EQ(lane.counters().busy, 2U);
    clock_.Advance(std::chrono::milliseconds(3));
  }
  EXPECT_FALSE(lane.Acquire({clock_.SteadyNow()}));
  const LaneCounters counters = lane.counters();
  EXPECT_EQ(counters.width, 2U);
  EXPECT_EQ(counters.busy, 0U);
  EXPECT_EQ(counters.turns, 2U);
  EXPECT_EQ(counters.turn_time, std::chrono::milliseconds(6));
  EXPECT_EQ(counters.turned_away, 2U);
}

TEST_F(LaneTest, WakesAWaiter) {
  Lane lane({.width = 1, .waiting_max = 1}, clock_);
  auto first = std::optional(*lane.Acquire(Deadline::Never()));
  bool got = false;
  std::thread waiter([&] { got = lane.Acquire(Deadline::Never()).has_value(); });
  while (lane.waiting() == 0) std::this_thread::yield();
  first.reset();
  waiter.join();
  EXPECT_TRUE(got);
}

TEST_F(LaneTest, ServesFirstWhoCameFirstWhenInOrder) {
  Lane lane({.width = 1, .waiting_max = 8, .in_order = true}, clock_);
  auto permit = std::optional(*lane.Acquire(Deadline::Never()));
  std::vector<int> served;  // by whoever has the slot
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      const auto mine = lane.Acquire(Deadline::Never());
      served.push_back(t);
    });
    while (lane.waiting() <= static_cast<std::size_t>(t)) std::this_thread::yield();
  }
  permit.reset();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(served, (std::vector{0, 1, 2, 3, 4, 5, 6, 7}));
}

// Who comes back at once finds the other one in the slot every time.
TEST_F(LaneTest, LetsNobodyOvertakeWhenInOrder) {
  Lane lane({.width = 1, .waiting_max = 2, .in_order = true}, clock_);
  for (int i = 0; i < 200; ++i) {
    auto permit = std::optional(*lane.Acquire(Deadline::Never()));
    std::atomic<bool> was_served = false;
    std::thread waiter([&] {
      const auto mine = lane.Acquire(Deadline::Never());
      was_served = true;
    });
    while (lane.waiting() == 0) std::this_thread::yield();
    permit.reset();
    auto again = std::optional(lane.Acquire(Deadline::Never()));
    EXPECT_TRUE(was_served);
    again.reset();
    waiter.join();
  }
}

TEST_F(LaneTest, PassesOverWhoGaveUpWhenInOrder) {
  Lane lane({.width = 1, .waiting_max = 2, .in_order = true}, clock_);
  auto permit = std::optional(*lane.Acquire(Deadline::Never()));
  std::atomic<bool> gave_up = false;
  std::thread first([&] { gave_up = !lane.Acquire(In(std::chrono::milliseconds(20))); });
  while (lane.waiting() == 0) std::this_thread::yield();
  std::thread second([&] { EXPECT_TRUE(lane.Acquire(Deadline::Never())); });
  first.join();
  EXPECT_TRUE(gave_up);
  permit.reset();
  second.join();
}

TEST_F(LaneTest, NeverAdmitsMoreThanItsWidth) {
  Lane lane({.width = 2, .waiting_max = 8}, clock_);
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        const auto permit = lane.Acquire(Deadline::Never());
        const int now = ++inside;
        int seen = most.load();
        while (seen < now && !most.compare_exchange_weak(seen, now)) {
        }
        --inside;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most.load(), 2);
  EXPECT_EQ(lane.waiting(), 0U);
}

TEST_F(LaneTest, DrainsOnlyWhenNobodyIsIn) {
  Lane lane({.width = 1, .waiting_max = 1}, clock_);
  auto permit = std::optional(*lane.Acquire(Deadline::Never()));
  EXPECT_FALSE(lane.Drain(In(std::chrono::milliseconds(1))));
  permit.reset();
  EXPECT_TRUE(lane.Drain(Deadline::Never()));
  EXPECT_FALSE(lane.Acquire(In(std::chrono::milliseconds(1))));
  lane.Resume();
  EXPECT_TRUE(lane.Acquire(Deadline::Never()));
}

TEST_F(LaneTest, StaysOpenWhenADrainGivesUp) {
  Lane lane({.width = 2, .waiting_max = 0}, clock_);
  const auto permit = lane.Acquire(Deadline::Never());
  EXPECT_FALSE(lane.Drain(In(std::chrono::milliseconds(1))));
  EXPECT_TRUE(lane.Acquire(Deadline::Never()));
}

TEST_F(LaneTest, LetsWaitersInAfterADrain) {
  Lane lane({.width = 1, .waiting_max = 4}, clock_);
  ASSERT_TRUE(lane.Drain(Deadline::Never()));
  std::atomic<int> served{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] { served += lane.Acquire(Deadline::Never()) ? 1 : 0; });
  while (lane.waiting() < 4) std::this_thread::yield();
  EXPECT_EQ(served.load(), 0);
  lane.Resume();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(served.load(), 4);
}

class BlockingCount final : public BlockingObserver {
 public:
  BlockingCount() { OfThisThread() = this; }
  ~BlockingCount() { OfThisThread() = nullptr; }
  void BlockingBegins() noexcept override { ++begun; }
  void BlockingEnds() noexcept override { ++ended; }
  int begun = 0;
  int ended = 0;
};

TEST_F(LaneTest, TakesTheThreadForBlockedWhereTurnsAreLong) {
  Lane lane({.width = 1, .waiting_max = 0}, clock_);
  const BlockingCount count;
  (void)lane.Acquire(Deadline::Never());
  EXPECT_EQ(count.begun, 0);
  {
    const auto permit = lane.Acquire(Deadline::Never());
    clock_.Advance(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(count.begun, 0);  // nobody knew
  {
    const auto permit = lane.Acquire(Deadline::Never());
    EXPECT_EQ(count.begun, 1);
    EXPECT_EQ(count.ended, 0);
  }
  EXPECT_EQ(count.ended, 1);
}

TEST_F(LaneTest, ForgetsLongTurnsAfterSomeShortOnes) {
  Lane lane({.width = 1, .waiting_max = 0}, clock_);
  {
    const auto permit = lane.Acquire(Deadline::Never());
    clock_.Advance(std::chrono::milliseconds(5));
  }
  for (int i = 0; i < 20; ++i) (void)lane.Acquire(Deadline::Never());
  const BlockingCount count;
  (void)lane.Acquire(Deadline::Never());
  EXPECT_EQ(count.begun, 0);
}

TEST_F(LaneTest, TakesTheThreadForBlockedWhileItWaitsForItsTurn) {
  Lane lane({.width = 1, .waiting_max = 1}, clock_);
  const BlockingCount count;
  const auto first = lane.Acquire(Deadline::Never());
  EXPECT_FALSE(lane.Acquire(In(std::chrono::milliseconds(1))));
  EXPECT_EQ(count.begun, 1);
  EXPECT_EQ(count.ended, 1);
}

}  // namespace
}  // namespace kmaas::hsm
