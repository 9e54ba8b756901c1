#include "operations/imports/material_turn.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "base/limits.h"

namespace kmaas::operations {
namespace {

// A caller who keeps one key busy must not keep all threads waiting for it.
constexpr std::size_t kTurns = 64;
constexpr int kWaitingMax = 4;

struct Turn {
  std::timed_mutex mutex;
  std::atomic<int> waiting{0};
};

Turn& TurnOf(const domain::Key& key) {
  static std::array<Turn, kTurns> turns;
  return turns[std::hash<std::string>()(key.id.ToText()) % kTurns];
}

// One of those who wait, while it lives.
class Waiting {
 public:
  explicit Waiting(Turn& turn) : turn_(turn), are_too_many_(++turn.waiting > kWaitingMax) {}
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() { --turn_.waiting; }
  bool are_too_many() const { return are_too_many_; }

 private:
  Turn& turn_;
  const bool are_too_many_;
};

Error Busy(const domain::Key& key) {
  return {ErrorCode::kThrottling,
          "Other calls that change the key material of " + key.arn() + " are in progress."};
}

}  // namespace

Result<std::unique_lock<std::timed_mutex>> TakeTurn(const domain::Key& key, const Clock& clock,
                                                    Deadline deadline) {
  if (key.custody != domain::Custody::kResident) return std::unique_lock<std::timed_mutex>();
  Turn& turn = TurnOf(key);
  std::unique_lock lock(turn.mutex, std::try_to_lock);
  if (lock) return lock;
  const Waiting waiting(turn);
  if (waiting.are_too_many()) return Busy(key);
  // A call without a deadline waits as long as any other.
  const SteadyTime now = clock.SteadyNow();
  const SteadyTime until = std::min(deadline.at, now + limits::kCallDeadline);
  if (!lock.try_lock_for(until - now)) return Busy(key);
  return lock;
}

}  // namespace kmaas::operations
