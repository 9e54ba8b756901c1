// A clock that moves only when told to.
#pragma once

#include <atomic>

#include "base/clock.h"

namespace kmaas::fakes {

// Thread-safe. Starts at 2026-11-24T12:00:00Z.
class ManualClock final : public Clock {
 public:
  WallTime Now() const override { return WallTime(std::chrono::milliseconds(wall_millis_.load())); }
  SteadyTime SteadyNow() const override {
    return SteadyTime(std::chrono::milliseconds(steady_millis_.load()));
  }
  void Advance(std::chrono::milliseconds span) {
    wall_millis_ += span.count();
    steady_millis_ += span.count();
  }
  void SetWall(WallTime time) { wall_millis_ = ToEpochMillis(time); }

 private:
  std::atomic<std::int64_t> wall_millis_{1'795'521'600'000};
  std::atomic<std::int64_t> steady_millis_{1'000'000};
};

}  // namespace kmaas::fakes
