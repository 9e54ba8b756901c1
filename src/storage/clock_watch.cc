#include "storage/clock_watch.h"

#include <utility>

#include "base/log.h"
#include "storage/anchoring.h"

namespace kmaas::storage {

ClockWatch::ClockWatch(const Clock& clock, std::function<WallTime()> floor, ports::AuditSink& trail,
                       ports::RandomSource& random, std::string region)
    : clock_(clock),
      floor_(std::move(floor)),
      trail_(trail),
      random_(random),
      region_(std::move(region)) {}

bool ClockWatch::MayDestroy() {
  const std::lock_guard lock(mutex_);
  // The floor first: a commit in between has a time that the clock has passed.
  const WallTime floor = floor_();
  const WallTime now = clock_.Now();
  const bool was_behind = is_behind_;
  is_behind_ = was_behind ? now < floor : now + kTolerance < floor;
  if (is_behind_ != was_behind) {
    recorded_ = false;
    if (is_behind_) {
      ++alarms_;
      log::Error("clock_behind_floor",
                 {{"clock", FormatIso8601(now)},
                  {"floor", FormatIso8601(floor)},
                  {"what",
                   "the clock is before the last change of the store: keys, imported "
                   "material and audit records are not destroyed by time"}});
    } else {
      log::Warning("clock_past_floor", {{"clock", FormatIso8601(now)}});
    }
  }
  if (!recorded_) Record(now, floor);
  return !is_behind_;
}

void ClockWatch::Record(WallTime now, WallTime floor) {
  const Result<void> appended = trail_.Append(StoreRecord(
      is_behind_ ? kClockBehindEvent : kClockPastEvent,
      R"({"clock":")" + FormatIso8601(now) + R"(","floor":")" + FormatIso8601(floor) + R"("})",
      region_, random_, now));
  recorded_ = appended.has_value();
  if (!appended) log::Error("clock_not_recorded", {{"detail", appended.error().detail}});
}

ClockCounters ClockWatch::counters() const { return {alarms_, is_behind_}; }

}  // namespace kmaas::storage
