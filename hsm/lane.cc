// Admission: an atomic word of free slots, a short spin, then a condition variable, and a line
// where the order matters.
#include "hsm/lane.h"

#include <algorithm>
#include <bit>

namespace kmaas::hsm {
namespace {

// About as long as one MAC in SoftHSM: sleeping and waking cost more than that.
constexpr int kSpins = 200;
constexpr std::chrono::nanoseconds kShortTurn = std::chrono::microseconds(15);
// To give the processor's place to another thread and to take it back costs some ten microseconds.
// Far above the turns that are all work of the processor, which grow beside other load (0012).
constexpr std::chrono::nanoseconds kLongTurn = std::chrono::microseconds(500);
// The average follows by an eighth of the difference.
constexpr std::int64_t kAverageOver = 8;
// Longer waits are cut into pieces, so that time points do not overflow.
constexpr std::chrono::milliseconds kLongestSleep{60'000};

void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

Lane::Lane(const LaneOptions& options, const Clock& clock)
    : clock_(clock),
      width_(std::clamp<std::size_t>(options.width, 1, 32)),
      all_free_((std::uint64_t{1} << width_) - 1),
      waiting_max_(options.waiting_max),
      in_order_(options.in_order),
      state_(all_free_) {}

// In the line of those who wait, and counted among them, while it lives; made and ended under the
// mutex: who is counted has his place.
class Lane::Place {
 public:
  explicit Place(Lane& lane) : lane_(lane) {
    lane_.line_.push_back(this);
    ++lane_.waiting_;
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() {
    --lane_.waiting_;
    lane_.line_.remove(this);
    lane_.changed_.notify_all();  // the next is first now
  }
  bool IsFirst() const { return lane_.line_.front() == this; }

 private:
  Lane& lane_;
};

Lane::Permit::Permit(Lane* lane, std::size_t slot)
    : lane_(lane), slot_(slot), began_(lane->clock_.SteadyNow()) {
  if (lane->turn_nanos_.load(std::memory_order_relaxed) > kLongTurn.count()) blocking_.emplace();
}

Lane::Permit::~Permit() {
  if (lane_ != nullptr) lane_->Release(slot_, began_);
}

std::size_t Lane::TryAcquire() {
  std::uint64_t state = state_.load();
  while ((state & kDrained) == 0 && state != 0) {
    const std::uint64_t without = state & (state - 1);  // takes the lowest free slot
    if (state_.compare_exchange_weak(state, without))
      return static_cast<std::size_t>(std::countr_zero(state));
  }
  return kNone;
}

Error Lane::TurnAway(const char* why) {
  turned_away_.fetch_add(1, std::memory_order_relaxed);
  return {ErrorCode::kThrottling, "", why};  // without a message the caller gets AWS's
}

LaneCounters Lane::counters() const {
  LaneCounters counters;
  counters.width = width_;
  counters.busy = width_ - static_cast<std::size_t>(std::popcount(state_.load() & all_free_));
  counters.waiting = waiting();
  counters.turns = turns_.load(std::memory_order_relaxed);
  counters.turn_time = std::chrono::nanoseconds(turn_nanos_in_all_.load(std::memory_order_relaxed));
  counters.turned_away = turned_away_.load(std::memory_order_relaxed);
  return counters;
}

Result<Lane::Permit> Lane::Acquire(Deadline deadline) {
  if (clock_.SteadyNow() >= deadline.at) return TurnAway("deadline passed");
  const bool must_wait = in_order_ && waiting() > 0;
  std::size_t slot = must_wait ? kNone : TryAcquire();
  if (slot == kNone) {
    KM_TRY(slot, in_order_ ? WaitInLine(deadline) : Wait(deadline));
  }
  Permit permit(this, slot);
  // A turn may come after a wait that was longer than it should have been.
  if (permit.began_ >= deadline.at) return TurnAway("deadline passed while waiting");
  return permit;
}

Result<std::size_t> Lane::Wait(Deadline deadline) {
  struct Count {
    std::atomic<std::size_t>& value;
    std::size_t before = value.fetch_add(1);
    ~Count() { --value; }
  } const count{waiting_};
  if (count.before >= waiting_max_) return TurnAway("lane full");
  const bool soon = turn_nanos_.load(std::memory_order_relaxed) < kShortTurn.count();
  for (int i = 0; soon && i < kSpins; ++i) {
    Pause();
    const std::size_t slot = TryAcquire();
    if (slot != kNone) return slot;
  }
  const Blocking blocking;
  std::unique_lock lock(mutex_);
  for (;;) {
    const std::size_t slot = TryAcquire();
    if (slot != kNone) return slot;
    if (Sleep(lock, deadline)) continue;
    // It may have been woken for a free slot and come too late: that is somebody else's now.
    changed_.notify_one();
    return TurnAway("deadline passed while waiting");
  }
}

Result<std::size_t> Lane::WaitInLine(Deadline deadline) {
  const Blocking blocking;
  std::unique_lock lock(mutex_);
  if (line_.size() >= waiting_max_) return TurnAway("lane full");
  const Place place(*this);
  for (;;) {
    const std::size_t slot = place.IsFirst() ? TryAcquire() : kNone;
    if (slot != kNone) return slot;
    if (!Sleep(lock, deadline)) return TurnAway("deadline passed while waiting");
  }
}

bool Lane::Sleep(std::unique_lock<std::mutex>& lock, Deadline deadline) {
  const SteadyTime now = clock_.SteadyNow();
  if (now >= deadline.at) return false;
  const auto left = deadline.at - now;
  if (left > kLongestSleep) {
    changed_.wait_for(lock, kLongestSleep);
    return true;
  }
  return changed_.wait_for(lock, left) == std::cv_status::no_timeout;
}

// Whoever waits raised waiting_ before it looked at state_ under the mutex, so either it sees the
// free slot or this sees the waiter.
void Lane::Release(std::size_t slot, SteadyTime began) {
  NoteTurn(clock_.SteadyNow() - began);
  const std::uint64_t before = state_.fetch_or(std::uint64_t{1} << slot);
  if (waiting_.load() == 0 && (before & kDrained) == 0) return;
  { const std::lock_guard lock(mutex_); }
  if ((before & kDrained) != 0 || in_order_) {
    changed_.notify_all();  // in order, only one of them is first
  } else {
    changed_.notify_one();
  }
}

// Of the average, two at a time may lose one of their notes: it does not mind.
void Lane::NoteTurn(SteadyTime::duration length) {
  const std::int64_t before = turn_nanos_.load(std::memory_order_relaxed);
  const std::int64_t now = std::chrono::nanoseconds(length).count();
  turns_.fetch_add(1, std::memory_order_relaxed);
  turn_nanos_in_all_.fetch_add(now, std::memory_order_relaxed);
  turn_nanos_.store(before + (now - before) / kAverageOver, std::memory_order_relaxed);
}

bool Lane::Drain(Deadline deadline) {
  std::unique_lock lock(mutex_);
  state_.fetch_or(kDrained);
  while (state_.load() != (kDrained | all_free_)) {
    if (Sleep(lock, deadline)) continue;
    if (state_.load() == (kDrained | all_free_)) break;
    state_.fetch_and(~kDrained);
    changed_.notify_all();
    return false;
  }
  return true;
}

void Lane::Resume() {
  const std::lock_guard lock(mutex_);
  state_.fetch_and(~kDrained);
  changed_.notify_all();
}

}  // namespace kmaas::hsm
