// Goal: while the clock is before the last commit, nothing is destroyed by time, and everybody who
// watches is told once.
#include "storage/clock_watch.h"

#include <gtest/gtest.h>

#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_audit_sink.h"
#include "tests/fakes/seeded_random.h"

namespace kmaas::storage {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class ClockWatchTest : public testing::Test {
 protected:
  void SetBehind(std::chrono::milliseconds span) { clock_.SetWall(floor_ - span); }

  fakes::ManualClock clock_;
  fakes::MemoryAuditSink trail_;
  fakes::SeededRandom random_;
  WallTime floor_ = clock_.Now();
  ClockWatch watch_{clock_, [this] { return floor_; }, trail_, random_, "eu-central-1"};
};

TEST_F(ClockWatchTest, BelievesAClockAtTheFloorAndWithinTheTolerance) {
  EXPECT_TRUE(watch_.MayDestroy());
  SetBehind(ClockWatch::kTolerance);
  EXPECT_TRUE(watch_.MayDestroy());
  EXPECT_EQ(watch_.counters().alarms, 0U);
  EXPECT_TRUE(trail_.records().empty());
}

TEST_F(ClockWatchTest, AlarmsOnceForAClockThatWasMovedBack) {
  SetBehind(ClockWatch::kTolerance + std::chrono::milliseconds(1));
  testing::internal::CaptureStderr();
  EXPECT_FALSE(watch_.MayDestroy());
  EXPECT_FALSE(watch_.MayDestroy());
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("clock_behind_floor"), std::string::npos);
  EXPECT_EQ(log.find("clock_behind_floor"), log.rfind("clock_behind_floor"));
  EXPECT_EQ(watch_.counters().alarms, 1U);
  EXPECT_TRUE(watch_.counters().is_behind);
}

TEST_F(ClockWatchTest, RecordsBothTimesInTheTrail) {
  SetBehind(hours(2));
  EXPECT_FALSE(watch_.MayDestroy());
  ASSERT_EQ(trail_.records().size(), 1U);
  const ports::AuditRecord record = trail_.records()[0];
  EXPECT_EQ(record.event_name, "ClockBehindFloor");
  EXPECT_TRUE(record.service_event);
  EXPECT_EQ(record.response_elements_json,
            R"({"clock":"2026-11-24T10:00:00Z","floor":"2026-11-24T12:00:00Z"})");
}

TEST_F(ClockWatchTest, StaysFrozenUntilTheFloorHasPassed) {
  SetBehind(hours(1));
  EXPECT_FALSE(watch_.MayDestroy());
  SetBehind(seconds(1));  // within the tolerance, which is for a clock that was right
  EXPECT_FALSE(watch_.MayDestroy());
  SetBehind(seconds(0));
  EXPECT_TRUE(watch_.MayDestroy());
  EXPECT_FALSE(watch_.counters().is_behind);
  ASSERT_EQ(trail_.records().size(), 2U);
  EXPECT_EQ(trail_.records()[1].event_name, "ClockPastFloor");
}

TEST_F(ClockWatchTest, AlarmsAgainWhenItIsMovedBackAgain) {
  for (int round = 0; round < 2; ++round) {
    SetBehind(hours(1));
    EXPECT_FALSE(watch_.MayDestroy());
    SetBehind(seconds(0));
    EXPECT_TRUE(watch_.MayDestroy());
  }
  EXPECT_EQ(watch_.counters().alarms, 2U);
}

TEST_F(ClockWatchTest, TriesAgainToRecordWhatTheTrailDidNotTake) {
  SetBehind(hours(1));
  trail_.FailNth(1);
  EXPECT_FALSE(watch_.MayDestroy());
  EXPECT_TRUE(trail_.records().empty());
  EXPECT_FALSE(watch_.MayDestroy());
  EXPECT_EQ(trail_.records().size(), 1U);
  EXPECT_EQ(watch_.counters().alarms, 1U);
}

}  // namespace
}  // namespace kmaas::storage
