// Goal: the lag is the age of what is not durable, and never less.
#include "tests/unit/audit/trail_directory.h"

namespace kmaas::audit {
namespace {

using std::chrono::seconds;

TEST(TrailLag, IsTheAgeOfTheOldestRecordThatIsNotFlushed) {
  TrailDirectory directory;
  const auto trail = directory.TryOpen();
  ASSERT_TRUE(trail);
  EXPECT_EQ((*trail)->counters().lag, seconds(0));
  ASSERT_TRUE((*trail)->Append(WriteRecord("one")));
  directory.clock.Advance(seconds(2));
  ASSERT_TRUE((*trail)->Append(WriteRecord("two")));
  directory.clock.Advance(seconds(1));
  EXPECT_EQ((*trail)->counters().lag, seconds(3));
  ASSERT_TRUE((*trail)->Flush());
  EXPECT_EQ((*trail)->counters().lag, seconds(0));
  directory.clock.Advance(seconds(50));
  ASSERT_TRUE((*trail)->Append(WriteRecord("three")));
  directory.clock.Advance(seconds(1));
  EXPECT_EQ((*trail)->counters().lag, seconds(1));
}

TEST(TrailLag, GrowsWhileFlushesFail) {
  TrailDirectory directory;
  const auto trail = directory.TryOpen();
  ASSERT_TRUE(trail);
  ASSERT_TRUE((*trail)->Append(WriteRecord("one")));
  testing::internal::CaptureStderr();
  directory.faults.Arm(1, Fault::kFromNow);
  for (int second = 1; second <= 3; ++second) {
    directory.clock.Advance(seconds(1));
    EXPECT_FALSE((*trail)->Flush());
    EXPECT_EQ((*trail)->counters().lag, seconds(second));
  }
  directory.faults.Heal();
  ASSERT_TRUE((*trail)->Flush());
  EXPECT_EQ((*trail)->counters().lag, seconds(0));
  (void)testing::internal::GetCapturedStderr();
}

}  // namespace
}  // namespace kmaas::audit
