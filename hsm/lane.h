// Bounded admission to a few sessions, with deadlines: PKCS#11 calls block, so callers queue here.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <utility>

#include "base/blocking.h"
#include "base/clock.h"
#include "base/result.h"
#include "hsm/engine_counters.h"

namespace kmaas::hsm {

struct LaneOptions {
  std::size_t width = 1;           // calls at a time, 1 to 32; each has a session of its own
  std::size_t waiting_max = 1024;  // callers that may wait; one more is turned away
  // First come, first served. For turns so long that whoever is overtaken a few times misses the
  // deadline; others are cheaper without: a free slot then waits for one certain thread to wake.
  bool in_order = false;
};

// Thread-safe. There is no hand-off: the caller's own thread does the work while it holds a Permit.
// Unless it is in order, under load a newcomer may overtake, and what waits too long fails by its
// deadline. Whoever waits for a turn, or has one in a lane whose turns are long, is Blocking
// meanwhile.
class Lane {
 public:
  // The right to use one slot. Move-only; returned when it goes.
  class Permit {
   public:
    Permit(Permit&& other) noexcept
        : lane_(std::exchange(other.lane_, nullptr)),
          slot_(other.slot_),
          began_(other.began_),
          blocking_(std::move(other.blocking_)) {}
    Permit& operator=(Permit&&) = delete;
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    ~Permit();
    std::size_t slot() const { return slot_; }

   private:
    friend class Lane;
    Permit(Lane* lane, std::size_t slot);
    Lane* lane_;
    std::size_t slot_;
    SteadyTime began_;
    std::optional<Blocking> blocking_;
  };

  // `clock` is borrowed. Deadlines are read from it; waiting itself takes real time.
  Lane(const LaneOptions& options, const Clock& clock);

  // kThrottling when the deadline is past, passes while waiting, or too many wait already.
  Result<Permit> Acquire(Deadline deadline);

  // Keeps everybody out and waits until nobody is in; callers queue meanwhile. False, and open
  // again, when that takes until the deadline. One drainer at a time.
  bool Drain(Deadline deadline);
  void Resume();

  std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }
  std::size_t width() const { return width_; }
  LaneCounters counters() const;

 private:
  static constexpr std::uint64_t kDrained = std::uint64_t{1} << 63U;
  static constexpr std::size_t kNone = 64;
  class Place;

  std::size_t TryAcquire();
  void Release(std::size_t slot, SteadyTime began);
  void NoteTurn(SteadyTime::duration length);
  // For a slot.
  Result<std::size_t> Wait(Deadline deadline);
  Result<std::size_t> WaitInLine(Deadline deadline);
  Error TurnAway(const char* why);
  // True when woken or spuriously, false when the time is up.
  bool Sleep(std::unique_lock<std::mutex>& lock, Deadline deadline);

  const Clock& clock_;
  std::size_t width_;
  std::uint64_t all_free_;
  std::size_t waiting_max_;
  bool in_order_;
  std::atomic<std::uint64_t> state_;  // one bit for each free slot, and kDrained
  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::int64_t> turn_nanos_{0};  // how long turns took of late, an average
  std::atomic<std::uint64_t> turns_{0};
  std::atomic<std::int64_t> turn_nanos_in_all_{0};
  std::atomic<std::uint64_t> turned_away_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<const Place*> line_;  // who waits, when in order; under mutex_
};

}  // namespace kmaas::hsm
