// The open connections: their bounds in time, their number, their end.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <unordered_set>

#include "base/clock.h"

namespace kmaas::http {

enum class Phase : std::uint8_t { kHandshake, kIdle, kReading, kHandling, kWriting, kLingering };

// What others may see of a connection. Its owner writes it; a sweep reads it.
struct ConnectionEntry {
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  int descriptor = -1;  // open from Add to the end of Remove
  std::atomic<Phase> phase{Phase::kHandshake};
  std::atomic<std::int64_t> expires_millis{kNever};
  std::atomic<bool> expired{false};
  std::atomic<bool> asked{false};  // a request has been answered
  bool was_there = false;          // when clients were sent away; under the table's mutex
};

// Thread-safe. A request costs it nothing but two stores: time is looked at once per sweep for all
// connections, and who is late has his socket shut down, which wakes the connection.
class ConnectionTable {
 public:
  ConnectionTable(const Clock& clock, std::size_t connections_max)
      : clock_(clock), connections_max_(connections_max), now_millis_(Millis(clock)) {}

  // False when there is no room.
  [[nodiscard]] bool Add(ConnectionEntry& entry);
  void Remove(ConnectionEntry& entry);

  // The start of a phase that may last `span`. As exact as the sweeps.
  void Enter(ConnectionEntry& entry, Phase phase, std::chrono::milliseconds span) const;
  void EnterUnbounded(ConnectionEntry& entry, Phase phase) const;

  void Sweep();
  // From now on a connection ends after its request.
  void SendAway();
  bool ends_after_request() const { return sending_away_.load() || draining(); }
  // Until the connections of the moment of SendAway have had an answer after it, or have gone; at
  // most `span` of real time.
  void WaitUntilAway(std::chrono::milliseconds span);
  // Likewise, and those without a request end at once; those that have not had one yet, in a
  // second.
  void BeginDraining();
  bool draining() const { return draining_.load(); }
  // True when there is none left within `span` of real time.
  bool WaitUntilEmpty(std::chrono::milliseconds span);
  std::size_t size() const;

 private:
  static std::int64_t Millis(const Clock& clock) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               clock.SteadyNow().time_since_epoch())
        .count();
  }
  void EndResting();  // with the mutex held
  bool AreAway() const;

  const Clock& clock_;
  const std::size_t connections_max_;
  std::atomic<std::int64_t> now_millis_;
  std::atomic<bool> sending_away_{false};
  std::atomic<bool> draining_{false};
  std::int64_t draining_since_millis_ = 0;  // under the mutex
  mutable std::mutex mutex_;
  std::condition_variable emptied_;
  std::unordered_set<ConnectionEntry*> entries_;
};

}  // namespace kmaas::http
