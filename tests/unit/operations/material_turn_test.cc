// Goal: a key's turn is one caller's at a time, and whoever waits for it waits neither for ever nor
// with too many others. Method: threads that end when the turn is refused to them or given.
#include "operations/imports/material_turn.h"

#include <gtest/gtest.h>

#include <future>

namespace kmaas::operations {
namespace {

domain::Key KeyOf(domain::Custody custody) {
  domain::Key key;
  key.account = "111122223333";
  key.region = "eu-central-1";
  key.custody = custody;
  return key;
}

const SystemClock kClock;

// On a thread of its own, which gives the turn back at once.
ErrorCode Outcome(const domain::Key& key, Deadline deadline) {
  const auto taken = std::async(std::launch::async, [&] {
                       const auto turn = TakeTurn(key, kClock, deadline);
                       return turn ? ErrorCode::kDryRunOperation : turn.error().code;
                     }).get();
  return taken;
}
constexpr ErrorCode kTaken = ErrorCode::kDryRunOperation;  // which no turn answers

TEST(MaterialTurn, IsOneCallersAtATime) {
  const domain::Key key = KeyOf(domain::Custody::kResident);
  {
    const auto turn = TakeTurn(key, kClock, Deadline::Never());
    ASSERT_TRUE(turn);
    EXPECT_TRUE(turn->owns_lock());
    EXPECT_EQ(Outcome(key, Deadline{kClock.SteadyNow()}), ErrorCode::kThrottling);
  }
  EXPECT_EQ(Outcome(key, Deadline::Never()), kTaken);
}

TEST(MaterialTurn, OfAnotherRegionIsTheSame) {
  const domain::Key key = KeyOf(domain::Custody::kResident);
  domain::Key replica = key;
  replica.region = "eu-west-1";
  const auto turn = TakeTurn(key, kClock, Deadline::Never());
  EXPECT_EQ(Outcome(replica, Deadline{kClock.SteadyNow()}), ErrorCode::kThrottling);
}

TEST(MaterialTurn, IsNotNeededWhereTheTokenHasNoObject) {
  const domain::Key key = KeyOf(domain::Custody::kWrapped);
  const auto turn = TakeTurn(key, kClock, Deadline::Never());
  ASSERT_TRUE(turn);
  EXPECT_FALSE(turn->owns_lock());
  EXPECT_EQ(Outcome(key, Deadline{kClock.SteadyNow()}), kTaken);
}

TEST(MaterialTurn, IsWaitedForByFour) {
  const domain::Key key = KeyOf(domain::Custody::kResident);
  auto turn = TakeTurn(key, kClock, Deadline::Never());
  std::promise<void> refused;
  std::vector<std::future<bool>> callers;
  for (int i = 0; i < 5; ++i) {
    callers.push_back(std::async(std::launch::async, [&] {
      const auto taken = TakeTurn(key, kClock, Deadline::Never());
      if (!taken) refused.set_value();
      return taken.has_value();
    }));
  }
  refused.get_future().wait();
  turn->unlock();
  int taken = 0;
  for (std::future<bool>& caller : callers) taken += caller.get() ? 1 : 0;
  EXPECT_EQ(taken, 4);
}

}  // namespace
}  // namespace kmaas::operations
