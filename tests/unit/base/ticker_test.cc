#include "base/ticker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

namespace kmaas {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

void WaitFor(const std::atomic<int>& ticks, int wanted) {
  while (ticks < wanted) std::this_thread::yield();
}

TEST(Ticker, TicksAgainAndAgain) {
  std::atomic<int> ticks{0};
  const Ticker ticker(
      "not_done", [&ticks] { ++ticks; }, milliseconds(1));
  WaitFor(ticks, 3);
}

TEST(Ticker, TicksAtOnceWhereItIsToldTo) {
  std::atomic<int> ticks{0};
  const Ticker ticker(
      "not_done", [&ticks] { ++ticks; }, hours(1), Ticker::First::kAtOnce);
  WaitFor(ticks, 1);
}

TEST(Ticker, EndsWithoutWaitingForTheInterval) {
  std::atomic<int> ticks{0};
  {
    const Ticker ticker(
        "not_done", [&ticks] { ++ticks; }, hours(1));
  }
  EXPECT_EQ(ticks, 0);
}

TEST(Ticker, GoesOnAfterWhatIsThrown) {
  std::atomic<int> ticks{0};
  const Ticker ticker(
      "not_done",
      [&ticks] {
        if (++ticks == 1) throw std::runtime_error("once");
      },
      milliseconds(1), Ticker::First::kAtOnce);
  WaitFor(ticks, 2);
}

}  // namespace
}  // namespace kmaas
