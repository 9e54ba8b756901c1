#include "frontends/grpc/queue_delay.h"

#include <gtest/gtest.h>

namespace kmaas::grpc_front {
namespace {

using std::chrono::milliseconds;

SteadyTime At(int millis) { return SteadyTime(std::chrono::seconds(1000) + milliseconds(millis)); }

TEST(QueueDelay, LetsABurstWaitForHalfASecond) {
  QueueDelay delay;
  EXPECT_FALSE(delay.IsTooLong(milliseconds(1), At(0)));
  EXPECT_FALSE(delay.IsTooLong(milliseconds(400), At(400)));
  EXPECT_TRUE(delay.IsTooLong(milliseconds(501), At(490)));
}

TEST(QueueDelay, ShedsWhatWaitsInAQueueThatStands) {
  QueueDelay delay;
  EXPECT_FALSE(delay.IsTooLong(milliseconds(10), At(0)));
  EXPECT_FALSE(delay.IsTooLong(milliseconds(60), At(500)));
  EXPECT_TRUE(delay.IsTooLong(milliseconds(60), At(501)));
  EXPECT_FALSE(delay.IsTooLong(milliseconds(50), At(502))) << "in time";
}

TEST(QueueDelay, IsBackToNormalWithTheFirstShortWait) {
  QueueDelay delay;
  EXPECT_TRUE(delay.IsTooLong(milliseconds(60), At(0)));
  EXPECT_FALSE(delay.IsTooLong(milliseconds(0), At(1)));
  EXPECT_FALSE(delay.IsTooLong(milliseconds(300), At(300)));
}

}  // namespace
}  // namespace kmaas::grpc_front
