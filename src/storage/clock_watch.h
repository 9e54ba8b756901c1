// Whether the wall clock can be believed: a clock before the time of the last commit is wrong.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "ports/audit_sink.h"
#include "ports/random_source.h"

namespace kmaas::storage {

// Since the process began.
struct ClockCounters {
  std::uint64_t alarms = 0;  // times at which the clock was found to be behind
  bool is_behind = false;    // as it was last looked at
};

// Source and names of its records in the trail; their details are {"clock":"<ISO 8601>",
// "floor":"<ISO 8601>"}.
inline constexpr char kClockBehindEvent[] = "ClockBehindFloor";
inline constexpr char kClockPastEvent[] = "ClockPastFloor";

// What destroys by time asks before it does. Thread-safe.
class ClockWatch {
 public:
  // Time servers step a clock back by seconds; beyond this, somebody moved it.
  static constexpr std::chrono::seconds kTolerance{60};

  // `floor`: the latest wall time of a commit. Borrows the rest.
  ClockWatch(const Clock& clock, std::function<WallTime()> floor, ports::AuditSink& trail,
             ports::RandomSource& random, std::string region);

  // Looks at the clock. False from when it is behind the floor by more than kTolerance until it has
  // passed the floor again; the first such look raises the alarm "clock_behind_floor" in the log,
  // in the counters and in the trail. A record that cannot be written is tried again at each look.
  bool MayDestroy();
  ClockCounters counters() const;

 private:
  void Record(WallTime now, WallTime floor);

  const Clock& clock_;
  const std::function<WallTime()> floor_;
  ports::AuditSink& trail_;
  ports::RandomSource& random_;
  const std::string region_;
  std::mutex mutex_;  // one look at a time; the trail may take long
  bool recorded_ = true;
  std::atomic<std::uint64_t> alarms_{0};
  std::atomic<bool> is_behind_{false};
};

}  // namespace kmaas::storage
