// The open connections: their bounds in time, their number, their end.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/clock.h"
#include "frontends/http/connection_counters.h"

namespace kmaas::http {

// What others may see of a connection. Its owner writes it; a sweep reads it.
struct ConnectionEntry {
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  int descriptor = -1;  // open from Add to the end of Remove
  std::string network;  // of the peer; empty: nobody's, and not counted for him
  std::atomic<Phase> phase{Phase::kHandshake};
  std::atomic<std::int64_t> expires_millis{kNever};
  std::atomic<std::int64_t> entered_millis{0};  // the phase
  std::atomic<bool> expired{false};
  std::atomic<bool> asked{false};       // a request has been answered
  bool was_there = false;               // when clients were sent away; under the table's mutex
  std::atomic<bool> was_served{false};  // it had an answer for somebody who had proven himself

 private:
  friend class ConnectionTable;  // under its mutex
  std::int64_t opened_millis = 0;
  bool displaced = false;
  std::list<ConnectionEntry*>* queue = nullptr;  // of those that may have to make room
  std::list<ConnectionEntry*>::iterator place;   // in it
};

// How many there may be at a time. Zero: as many as like.
struct ConnectionBounds {
  // NOLINTNEXTLINE(google-explicit-constructor): the second one is for those who have many peers
  ConnectionBounds(std::size_t all, std::size_t of_a_network = 0)
      : all_max(all), per_network_max(of_a_network) {}
  std::size_t all_max;
  std::size_t per_network_max;
};

// Thread-safe. A request costs it nothing but two stores: time is looked at once per sweep for all
// connections, and who is late has his socket shut down, which wakes the connection.
class ConnectionTable {
 public:
  ConnectionTable(const Clock& clock, const ConnectionBounds& bounds)
      : clock_(clock), bounds_(bounds), now_millis_(Millis(clock)) {}

  // False when there is no room. Where all places are taken, one makes room: the oldest, of two
  // seconds at least, that was not served yet, or else the one of the 64 looked at that has been
  // idle, reading or writing for the longest, and for two seconds. So nobody keeps others out by
  // opening connections. What it costs does not grow with their number.
  [[nodiscard]] bool Add(ConnectionEntry& entry);
  void Remove(ConnectionEntry& entry);

  // The start of a phase that may last `span`. As exact as the sweeps.
  void Enter(ConnectionEntry& entry, Phase phase, std::chrono::milliseconds span) const;
  void EnterUnbounded(ConnectionEntry& entry, Phase phase) const;
  // Another end of the phase that it is in, on the scale of NowMillis.
  void EndAt(ConnectionEntry& entry, std::int64_t millis) const {
    entry.expires_millis.store(millis, std::memory_order_relaxed);
  }
  std::int64_t NowMillis() const { return now_millis_.load(std::memory_order_relaxed); }

  // Ends eight of those that are late, or a sixteenth of them. True: there may be more; let the
  // first ones go.
  bool Sweep();
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
  ConnectionCounters counters() const;

 private:
  static std::int64_t Millis(const Clock& clock) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               clock.SteadyNow().time_since_epoch())
        .count();
  }
  // With the mutex held:
  void EndResting();
  bool HasRoom(const ConnectionEntry& entry);
  bool DisplaceOne();
  ConnectionEntry* OldestUnserved();
  ConnectionEntry* LongestIdle();
  void Queue(ConnectionEntry& entry, std::list<ConnectionEntry*>& queue);
  static void Unqueue(ConnectionEntry& entry);
  bool EndSlow(ConnectionEntry& entry);  // true: for the first time
  bool AreAway() const;

  const Clock& clock_;
  const ConnectionBounds bounds_;
  std::atomic<std::int64_t> now_millis_;
  std::atomic<bool> sending_away_{false};
  std::atomic<bool> draining_{false};
  std::int64_t draining_since_millis_ = 0;  // under the mutex
  mutable std::mutex mutex_;
  std::condition_variable emptied_;
  std::unordered_set<ConnectionEntry*> entries_;
  std::list<ConnectionEntry*> unserved_;  // by their opening; who was served since leaves it late
  std::list<ConnectionEntry*> served_;    // looked at in turn
  std::unordered_map<std::string, std::size_t> per_network_;
  std::size_t displaced_now_ = 0;  // among the entries, and about to go
  ConnectionCounters counters_;    // but for those that are open
};

}  // namespace kmaas::http
