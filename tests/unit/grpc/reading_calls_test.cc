// Calls whose message does not come.
#include "frontends/grpc/reading_calls.h"

#include <gtest/gtest.h>

#include "tests/fakes/manual_clock.h"

namespace kmaas::grpc_front {
namespace {

struct Call final : ReadingCall {
  void EndReading() noexcept override { ++ends; }
  int ends = 0;
};

TEST(ReadingCalls, AreEndedWhenTheyTakeTooLong) {
  fakes::ManualClock clock;
  ReadingCalls calls(std::chrono::seconds(30), clock);
  Call early;
  Call late;
  Call whole;
  calls.Begin(early);
  calls.Begin(whole);
  clock.Advance(std::chrono::seconds(20));
  calls.Begin(late);
  calls.End(whole);
  clock.Advance(std::chrono::seconds(11));
  calls.Look();
  EXPECT_EQ(early.ends, 1);
  EXPECT_EQ(late.ends, 0);
  EXPECT_EQ(whole.ends, 0) << "its message has come";
  calls.End(early);
  calls.End(late);
}

// As gRPC may do.
struct CallThatGoesAtOnce final : ReadingCall {
  explicit CallThatGoesAtOnce(ReadingCalls& all) : calls(all) {}
  void EndReading() noexcept override {
    calls.End(*this);
    delete this;
  }
  ReadingCalls& calls;
};

TEST(ReadingCalls, MayGoWhileTheyAreEnded) {
  fakes::ManualClock clock;
  ReadingCalls calls(std::chrono::seconds(30), clock);
  for (int i = 0; i < 3; ++i) calls.Begin(*new CallThatGoesAtOnce(calls));
  clock.Advance(std::chrono::seconds(31));
  calls.Look();
  clock.Advance(std::chrono::seconds(31));
  calls.Look();
}

}  // namespace
}  // namespace kmaas::grpc_front
