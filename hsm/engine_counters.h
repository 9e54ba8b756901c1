// What an engine counts: how busy its lanes are, how often it lost the token, how well it caches.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kmaas::hsm {

// A snapshot of one lane; the numbers since its start.
struct LaneCounters {
  std::size_t width = 0;
  std::size_t busy = 0;                  // turns that are taken, now
  std::size_t waiting = 0;               // callers, now
  std::uint64_t turns = 0;               // that ended
  std::chrono::nanoseconds turn_time{};  // of all of them
  std::uint64_t turned_away = 0;         // callers: too many waited, or their deadline passed

  LaneCounters& operator+=(const LaneCounters& more) {
    width += more.width;
    busy += more.busy;
    waiting += more.waiting;
    turns += more.turns;
    turn_time += more.turn_time;
    turned_away += more.turned_away;
    return *this;
  }
};

struct EngineCounters {
  LaneCounters short_lane;
  LaneCounters long_lane;
  LaneCounters slow_lane;  // before the long one
  std::uint64_t recoveries = 0;
  std::uint64_t failed_recoveries = 0;
  // Of loaded keys, since the last recovery.
  std::uint64_t cache_hits = 0;
  std::uint64_t cache_misses = 0;

  // Of several engines together.
  EngineCounters& operator+=(const EngineCounters& more) {
    short_lane += more.short_lane;
    long_lane += more.long_lane;
    slow_lane += more.slow_lane;
    recoveries += more.recoveries;
    failed_recoveries += more.failed_recoveries;
    cache_hits += more.cache_hits;
    cache_misses += more.cache_misses;
    return *this;
  }
};

}  // namespace kmaas::hsm
