// A member of a group of tokens: its engine, whether it is up, and what it has done.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "hsm/engine.h"

namespace kmaas::hsm {

// Where a member comes from. `open` is called until it succeeds once, and never again after the
// token refused the PIN; by one thread at a time.
struct GroupSeat {
  std::string name;   // for operators; each once
  std::string token;  // its name; equal for engines over one token
  std::function<Result<std::unique_ptr<Engine>>()> open;
};

// A snapshot for operators and metrics.
struct MemberFacts {
  std::string name;
  std::string serial;           // empty until it was there once
  bool up = false;              // calls may go to it
  bool refused = false;         // for good: its PIN, its keys or its anchor
  std::uint64_t calls = 0;      // that went to it
  std::uint64_t handed_on = 0;  // of them, those that failed here and were given to another
  std::uint64_t losses = 0;     // times that it was up, and then not
  std::string last_error;       // of why it is not up; empty while it is
};

// Thread-safe; what brings it in (Open, Revive, CheckHealth, TakeForgets) is for one thread at a
// time.
class GroupMember {
 public:
  GroupMember(GroupSeat seat, const Clock& clock) : seat_(std::move(seat)), clock_(clock) {}
  const std::string& name() const { return seat_.name; }
  const std::string& token() const { return seat_.token; }

  // Null until it was opened; then for good.
  Engine* engine() const { return engine_.load(std::memory_order_acquire); }
  // In, its engine not away, and no check of its health hangs.
  bool IsUp() const;
  bool IsIn() const { return in_.load(std::memory_order_acquire); }
  bool IsRefused() const { return refused_.load(std::memory_order_acquire); }

  // One try to open the engine.
  Result<void> Open();
  // Brings the engine back from a token that was lost, and asks it for its known answer. An engine
  // that is only busy is well.
  Result<void> CheckHealth(Deadline deadline);

  void LetIn();
  void PutOut(const Error& why);
  void RefuseForGood(const Error& why);

  void NoteCall() { calls_.fetch_add(1, std::memory_order_relaxed); }
  void NoteHandedOn() { handed_on_.fetch_add(1, std::memory_order_relaxed); }
  // What was destroyed while this was not up, and may still be loaded in it.
  void NoteForget(const domain::KeyMaterial& material);
  Result<void> ForgetWhatWasDestroyed(Deadline deadline);

  // The error as an operator reads it: of which member it is.
  Error Named(const Error& error) const;
  MemberFacts facts() const;

 private:
  bool MadeProgress();
  void PutOutIfLeftOut();

  const GroupSeat seat_;
  const Clock& clock_;
  std::unique_ptr<Engine> owned_;
  std::atomic<Engine*> engine_{nullptr};
  std::atomic<bool> in_{false};
  std::atomic<bool> refused_{false};
  std::atomic<SteadyTime> check_began_{SteadyTime::max()};  // max: none is under way
  // During it somebody was told that this is not up, and has left it out.
  mutable std::atomic<bool> was_left_out_{false};
  std::uint64_t turns_seen_ = 0;  // of the short lane, by the last check
  std::atomic<std::uint64_t> calls_{0};
  std::atomic<std::uint64_t> handed_on_{0};
  std::atomic<std::uint64_t> losses_{0};
  mutable std::mutex mutex_;  // guards what follows
  std::string last_error_;
  std::map<domain::MaterialId, domain::KeyMaterial> forgets_;
};

}  // namespace kmaas::hsm
