// The three spellings of time: CloudTrail's, SigV4's and AWS JSON's.
#include "base/clock.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/fakes/manual_clock.h"

namespace kmaas {
namespace {

TEST(Clock, FormatsUtcInBothForms) {
  const WallTime time = FromEpochMillis(1'795'534'205'123);
  EXPECT_EQ(FormatIso8601(time), "2026-11-24T15:30:05Z");
  EXPECT_EQ(FormatIso8601Basic(time), "20261124T153005Z");
}

TEST(Clock, FormatsLeapDaysAndTheEpoch) {
  EXPECT_EQ(FormatIso8601(FromEpochMillis(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(FormatIso8601Basic(FromEpochMillis(1'709'208'000'000)), "20240229T120000Z");
}

TEST(Clock, RoundsTowardsThePastBeforeTheEpochToo) {
  EXPECT_EQ(FormatIso8601(FromEpochMillis(-1)), "1969-12-31T23:59:59Z");
  EXPECT_EQ(ToEpochMillis(FromEpochMillis(-1)), -1);
}

TEST(Clock, GivesSecondsWithMillisecondsAsFraction) {
  EXPECT_DOUBLE_EQ(ToEpochSeconds(FromEpochMillis(1'795'534'205'123)), 1795534205.123);
}

TEST(Clock, ComesBackFromMillis) {
  for (const std::int64_t millis : {0LL, 1LL, 999LL, 1'795'534'205'123LL, 9'000'000'000'000LL}) {
    EXPECT_EQ(ToEpochMillis(FromEpochMillis(millis)), millis);
  }
}

TEST(Clock, KeepsMillisThatItCannotHoldAtItsEnds) {
  using Limits = std::numeric_limits<std::int64_t>;
  constexpr std::int64_t kLast = 9'223'372'036'854;
  EXPECT_EQ(ToEpochMillis(FromEpochMillis(kLast)), kLast);
  EXPECT_EQ(ToEpochMillis(FromEpochMillis(kLast + 1)), kLast);
  EXPECT_EQ(ToEpochMillis(FromEpochMillis(253'402'300'799'000)), kLast);  // the end of 9999
  EXPECT_EQ(ToEpochMillis(FromEpochMillis(Limits::max())), kLast);
  EXPECT_EQ(ToEpochMillis(FromEpochMillis(Limits::min())), -kLast);
}

TEST(Deadline, LiesItsSpanAfterSteadyNow) {
  fakes::ManualClock clock;
  const Deadline deadline = Deadline::After(clock, std::chrono::milliseconds(5));
  EXPECT_LT(clock.SteadyNow(), deadline.at);
  clock.Advance(std::chrono::milliseconds(5));
  EXPECT_EQ(clock.SteadyNow(), deadline.at);
}

TEST(Deadline, DoesNotMoveWithTheWallClock) {
  fakes::ManualClock clock;
  const Deadline deadline = Deadline::After(clock, std::chrono::milliseconds(5));
  clock.SetWall(FromEpochMillis(4'000'000'000'000));
  EXPECT_LT(clock.SteadyNow(), deadline.at);
}

TEST(Deadline, NeverIsAfterEverything) {
  EXPECT_GT(Deadline::Never().at, SystemClock().SteadyNow() + std::chrono::hours(24 * 365));
}

}  // namespace
}  // namespace kmaas
