// Time as a port: wall time for dates, steady time for deadlines.
#pragma once

#include <chrono>
#include <string>

namespace kmaas {

using WallTime = std::chrono::system_clock::time_point;
using SteadyTime = std::chrono::steady_clock::time_point;

// Thread-safe. Tests use fakes::ManualClock.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime Now() const = 0;
  virtual SteadyTime SteadyNow() const = 0;
};

class SystemClock final : public Clock {
 public:
  WallTime Now() const override { return std::chrono::system_clock::now(); }
  SteadyTime SteadyNow() const override { return std::chrono::steady_clock::now(); }
};

// A point on the steady clock after which an answer is of no use. Work that finds it past is not
// begun.
struct Deadline {
  SteadyTime at;
  static Deadline After(const Clock& clock, std::chrono::milliseconds span) {
    return {clock.SteadyNow() + span};
  }
  static Deadline Never() { return {SteadyTime::max()}; }
};

// Seconds since 1970-01-01 with milliseconds as fraction: AWS JSON's timestamp form.
double ToEpochSeconds(WallTime time);
std::int64_t ToEpochMillis(WallTime time);
// WallTime counts nanoseconds, so it ends in 2262: what lies beyond becomes its first or last
// moment.
WallTime FromEpochMillis(std::int64_t millis);
// "2026-11-24T15:30:05Z" (CloudTrail) and "20261124T153005Z" (SigV4), both UTC.
std::string FormatIso8601(WallTime time);
std::string FormatIso8601Basic(WallTime time);

}  // namespace kmaas
