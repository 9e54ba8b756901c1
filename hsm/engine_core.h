// What all calls of the engine share: admission, judging failures, recovery, closing.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "hsm/capabilities.h"
#include "hsm/engine.h"
#include "hsm/errors.h"
#include "hsm/generation.h"
#include "hsm/lane.h"
#include "hsm/shared_module.h"

namespace kmaas::hsm {

// One try of one call, on the caller's thread, while it holds a permit.
class Call {
 public:
  Call(Generation& generation, const Session& session, const Capabilities& capabilities)
      : generation_(generation), session_(session), capabilities_(capabilities) {}
  Generation& generation() { return generation_; }
  const Session& session() const { return session_; }
  const Capabilities& capabilities() const { return capabilities_; }
  // Remembers what `rv` says about the engine and gives the Error for the caller.
  Error Fail(Rv rv) { return FailAs(rv, Judge(rv)); }
  Error FailAs(Rv rv, Verdict verdict);
  Verdict verdict() const { return verdict_; }
  Rv failure() const { return failure_; }  // the last one that was remembered

 private:
  Generation& generation_;
  const Session& session_;
  const Capabilities& capabilities_;
  Rv failure_;
  Verdict verdict_ = Verdict::kRefused;
};

enum class LaneKind { kShort, kLong };

// How a call of the port is run.
struct Manner {
  LaneKind lane;
  ErrorCode when_away;     // while the token is away
  bool repeatable = true;  // false: the token may have done it although it failed
  bool slow = false;       // takes seconds: waits for its turn before it waits for the lane
};

class EngineCore final : private SharedModule::User {
 public:
  ~EngineCore() override;
  static Result<std::unique_ptr<EngineCore>> Open(EngineOptions options, const Clock& clock);
  // Takes half a minute at most, whatever hangs.
  void Close();
  // Closes and destroys it, unless somebody is at the module who may come back to it: then it
  // stays.
  static void End(std::unique_ptr<EngineCore> core);

  // Runs `body(Call&)`, which returns a Result<T>. When the engine is lost, recovers, and runs it
  // once more if that is allowed.
  template <class T, class Body>
  Result<T> Run(const Manner& manner, Deadline deadline, Body&& body) {
    for (bool again = false;;) {
      Outcome outcome;
      if (IsAway()) return Away(manner, outcome, AwaitsRevival());
      {
        std::optional<Lane::Permit> turn;
        if (manner.slow) {
          KM_TRY(Lane::Permit taken, slow_lane_.Acquire(deadline));
          turn.emplace(std::move(taken));
        }
        KM_TRY(const Lane::Permit permit, lane(manner.lane).Acquire(deadline));
        outcome.generation = number_;
        if (generation_ != nullptr) {
          Call call(*generation_, SessionOf(manner.lane, permit.slot()), capabilities_);
          Result<T> result = body(call);
          if (result || !NeedsRecovery(call, outcome)) return result;
          outcome.error = std::move(result).error();
        }
      }
      if (again || IsForRevival(outcome)) {
        NoteAway(outcome.generation);
        return Away(manner, outcome, {});
      }
      const auto recovered =
          outcome.reopened ? Result<void>() : Recover(outcome.generation, deadline);
      if (!recovered) NoteAway(outcome.generation);
      const bool may_have_happened = outcome.error && !manner.repeatable;
      if (!recovered || may_have_happened) return Away(manner, outcome, recovered);
      // Not tried yet when another engine's recovery had taken the generation away.
      again = outcome.error.has_value();
    }
  }

  // Of a member of a group: see Engine.
  bool IsAway() const { return away_.load(std::memory_order_acquire); }
  Result<void> Revive(Deadline deadline);

  // The token has just answered: an earlier failure was not the end of this generation.
  void NoteAlive();

  // What wraps new material, from now on and after each recovery. kNotFound when the token lacks
  // it.
  Result<void> WrapWith(Call& call, std::uint32_t root_generation);
  bool accepts_weak_token() const { return options_.accept_weak_token; }

  const Bytes& audit_public_key() const { return audit_public_key_; }
  const Capabilities& capabilities() const { return capabilities_; }
  bool checks_ecdsa() const { return options_.check_ecdsa; }
  ports::EngineStatus Status() const;
  EngineCounters counters() const;
  // Whether a recovery was refused the PIN: there will be none any more.
  bool IsPinRefused() const;

 private:
  struct Outcome {
    std::uint64_t generation = 0;
    bool reopened = false;  // the session was replaced; no recovery is needed
    std::optional<Error> error;
  };

  EngineCore(EngineOptions options, const Clock& clock);
  Result<void> Begin();
  bool HasLeft() const;
  void LeaveInTurn();
  Lane& lane(LaneKind kind) { return kind == LaneKind::kShort ? short_lane_ : long_lane_; }
  const Session& SessionOf(LaneKind kind, std::size_t slot) const {
    return kind == LaneKind::kShort ? generation_->short_session(slot)
                                    : generation_->long_session(slot);
  }
  // Judges a failed try; asks the token when the failure alone does not tell.
  bool NeedsRecovery(Call& call, Outcome& outcome);
  // Whether a member leaves the recovery to Revive(). What another engine's restart took away it
  // takes back itself.
  bool IsForRevival(const Outcome& outcome) const {
    return options_.is_member && outcome.error && !outcome.reopened;
  }
  void NoteAway(std::uint64_t lost);
  static Error AwaitsRevival();
  static Error Away(const Manner& manner, const Outcome& outcome, const Result<void>& recovered);

  // A new generation instead of number `lost`; succeeds at once when somebody made it already.
  Result<void> Recover(std::uint64_t lost, Deadline deadline);
  // True when the caller is the one to recover, false when that was done meanwhile.
  Result<bool> BeginRecovery(std::uint64_t lost, Deadline deadline);
  void EndRecovery();
  // A generation that is lost again soon after a recovery that worked, as when a worker crashes
  // twice: whoever notices waits for the rest of the interval instead of being refused.
  void WaitOutInterval(std::unique_lock<std::mutex>& lock, std::uint64_t lost, Deadline deadline);
  bool WaitForOtherRecovery(std::unique_lock<std::mutex>& lock, Deadline deadline);
  Result<void> RestartInTurn(Deadline deadline);
  Result<void> Restart(Deadline deadline);
  Result<void> RestartMember(Deadline deadline);
  Result<void> RestartKeyStore(Deadline deadline);
  // Starts the first generation, or one instead of that which is lost.
  Result<void> RestartInOwnWay(Deadline deadline);
  bool RestartMayHelp(const Error& failure) const;
  // Of the holder of the module's turn. Leaves no session behind when it fails.
  Result<void> StartGeneration();
  // Refuses what did not start, and a token with another integrity key or, for the service, another
  // serial number than the one before, or without the root that wraps.
  Result<void> CheckSameToken(const Result<std::unique_ptr<Generation>>& fresh) const;
  // What the first generation's token can do holds for all.
  Result<void> LearnOnce(Generation& fresh);
  void DropGeneration();
  bool Pause(Deadline deadline) override { return DrainLanes(deadline); }
  void Forget() override;
  void Resume() override { ResumeLanes(); }
  bool DrainLanes(Deadline deadline);
  void ResumeLanes();
  void NoteStarted();
  void NoteFailed(const Error& error);

  EngineOptions options_;
  const Clock& clock_;
  std::shared_ptr<SharedModule> module_;
  Lane short_lane_;
  Lane long_lane_;
  Lane slow_lane_;  // a place less than the long one, so that what takes seconds leaves it a way

  // Changed only while both lanes are drained and mutex_ is held: a permit or mutex_ is enough to
  // read them.
  std::unique_ptr<Generation> generation_;
  std::uint64_t number_ = 0;

  std::optional<Generation::Fingerprint> fingerprint_;  // of the first generation
  Bytes audit_public_key_;                              // likewise; constant after Open
  Capabilities capabilities_;                           // likewise

  // Guarded by the turn of the module.
  std::uint64_t tried_epoch_ = 0;  // of the module, when a generation was last begun
  bool joined_ = false;
  bool abandoned_ = false;                 // by the engine of a key store
  const TokenProfile* profile_ = nullptr;  // of the token; null before it was found
  std::string serial_;                     // likewise

  std::atomic<bool> away_{false};  // changed under mutex_
  mutable std::mutex mutex_;       // guards what follows
  std::condition_variable recovery_ended_;
  bool recovering_ = false;
  bool closed_ = false;
  bool left_ = false;  // the module knows it no more
  bool pin_refused_ = false;
  SteadyTime next_recovery_ = SteadyTime::min();
  std::optional<std::uint32_t> wrapping_root_;  // none: whatever a generation begins with
  ports::EngineStatus status_;
  std::uint64_t failed_recoveries_ = 0;
};

}  // namespace kmaas::hsm
