// Judging failures, and the life of engine generations.
#include "hsm/engine_core.h"

#include <algorithm>
#include <exception>
#include <typeinfo>

#include "base/log.h"
#include "crypto/digest.h"
#include "hsm/library.h"
#include "hsm/mechanisms.h"
#include "hsm/worker/isolated_module.h"

namespace kmaas::hsm {
namespace {

// How long running calls may take to end before the module is left as it is.
constexpr std::chrono::seconds kCloseWait{10};
constexpr std::chrono::seconds kOpenWait{30};
// Of those that wait for a long call, so many more may wait for a slow one.
constexpr std::size_t kLongWaitersPerSlowOne = 3;
// How long the calls to other tokens may hold up the restart that a key store needs; new ones wait
// meanwhile.
constexpr std::chrono::seconds kDisturbanceMax{2};
constexpr std::chrono::milliseconds kLongestWait{60'000};

// Lanes and session pools must agree on the width.
LaneOptions Normalised(LaneOptions lane) {
  lane.width = std::clamp<std::size_t>(lane.width, 1, 32);
  return lane;
}

LaneOptions ForSlowCalls(const LaneOptions& long_lane) {
  // In order: anchors are written again and again, and whoever makes an import key must not starve.
  return {std::max<std::size_t>(long_lane.width - 1, 1),
          long_lane.waiting_max / kLongWaitersPerSlowOne, /*in_order=*/true};
}

Error Down(std::string detail) {
  return {ErrorCode::kDependencyTimeout, "The HSM is not available.", std::move(detail)};
}

// Of a token that was not found yet: modules are made by whoever makes their tokens.
const TokenProfile& ExpectedProfile(const Library& library) {
  CK_INFO info{};
  TokenFacts facts;
  if (library.api().C_GetInfo(&info) == CKR_OK)
    facts.manufacturer = UnpaddedText(info.manufacturerID);
  return ProfileOf(facts);
}

}  // namespace

Error Call::FailAs(Rv rv, Verdict verdict) {
  verdict_ = verdict;
  failure_ = rv;
  if (verdict == Verdict::kBusy)
    return ToError(rv, ErrorCode::kThrottling, "");  // the caller gets AWS's message
  return ToError(rv, ErrorCode::kKmsInternal, "The HSM could not do the operation.");
}

EngineCore::EngineCore(EngineOptions options, const Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      short_lane_(options_.short_lane, clock),
      long_lane_(options_.long_lane, clock),
      slow_lane_(ForSlowCalls(options_.long_lane), clock) {}

Result<std::unique_ptr<EngineCore>> EngineCore::Open(EngineOptions options, const Clock& clock) {
  options.short_lane = Normalised(options.short_lane);
  options.long_lane = Normalised(options.long_lane);
  std::unique_ptr<EngineCore> core(new EngineCore(std::move(options), clock));
  core->module_ = core->options_.module;
  if (core->module_ == nullptr) {
    KM_TRY(core->module_,
           SharedModule::Load(core->options_.module_path, core->options_.module_parameters));
  }
  KM_CHECK(core->Begin());
  return core;
}

Result<void> EngineCore::Begin() {
  KM_TRY(const auto turn, module_->TakeTurn(Deadline::After(clock_, kOpenWait), clock_));
  module_->Join(*this);
  joined_ = true;
  Result<void> started = options_.key_store || options_.is_member
                             ? RestartInOwnWay(Deadline::After(clock_, kOpenWait))
                             : StartGeneration();
  if (!started) {
    module_->Leave(*this);
    joined_ = false;
    return started;
  }
  // As long as this has the turn, nobody takes the generation away.
  audit_public_key_ = generation_->keys().audit_public_key;
  return {};
}

EngineCore::~EngineCore() {
  Close();
  if (!abandoned_) return;
  // Whoever calls the engine of a key store holds it, so that the call has ended.
  const auto turn = module_->TakeTurn(Deadline::After(clock_, kCloseWait), clock_);
  DropGeneration();
  if (turn) module_->TakeBack();
}

void EngineCore::End(std::unique_ptr<EngineCore> core) {
  core->Close();
  if (!core->HasLeft()) (void)core.release();
}

bool EngineCore::HasLeft() const {
  const std::lock_guard lock(mutex_);
  return left_;
}

void EngineCore::Close() {
  {
    std::unique_lock lock(mutex_);
    if (closed_) return;
    closed_ = true;
    left_ = !joined_;
    // One that hangs has the turn of the module, and the wait for that ends as well.
    (void)recovery_ended_.wait_for(lock, kCloseWait, [this] { return !recovering_; });
  }
  if (!joined_) return;
  // Whoever has the turn may be about to pause this engine, so it is waited for.
  const auto turn = module_->TakeTurn(Deadline::After(clock_, kCloseWait), clock_);
  if (!turn) {
    log::Warning("hsm_close_abandoned", {{"reason", "the module is in use"}});
    return;
  }
  LeaveInTurn();
  const std::lock_guard lock(mutex_);
  left_ = true;
}

void EngineCore::LeaveInTurn() {
  if (!DrainLanes(Deadline::After(clock_, kCloseWait))) {
    log::Warning("hsm_close_abandoned", {{"reason", "a call does not end"}});
    module_->Abandon(*this);
    abandoned_ = options_.key_store;
    return;
  }
  module_->Leave(*this);
  ResumeLanes();
}

bool EngineCore::NeedsRecovery(Call& call, Outcome& outcome) {
  if (call.failure().code == kWrongAnswer)
    log::Error("hsm_wrong_answer", {{"function", call.failure().function}});
  switch (call.verdict()) {
    case Verdict::kRefused:
    case Verdict::kBusy:
      return false;
    case Verdict::kSpoiled:
      outcome.reopened = call.generation().Reopen(call.session()).ok();
      return true;
    case Verdict::kDoubtful:
      // The failed call may have left its operation in the session.
      return !call.generation().Reopen(call.session()).ok() ||
             !call.generation().CheckAlive(call.session()).ok();
    case Verdict::kLost:
      return true;
  }
  return true;
}

Error EngineCore::Away(const Manner& manner, const Outcome& outcome,
                       const Result<void>& recovered) {
  std::string detail = outcome.error ? outcome.error->detail : "no engine generation";
  if (!recovered) detail += "; recovery: " + recovered.error().detail;
  const bool for_key = manner.when_away == ErrorCode::kKeyUnavailable;
  return {manner.when_away,
          for_key ? "" : "The HSM does not answer at the moment. You can retry the request.",
          std::move(detail)};
}

Result<void> EngineCore::Recover(std::uint64_t lost, Deadline deadline) {
  KM_TRY(const bool mine, BeginRecovery(lost, deadline));
  if (!mine) return {};
  Result<void> result;
  try {
    result = RestartInTurn(deadline);
  } catch (const std::exception& failure) {
    // Out of memory, most likely: the next recovery may have it.
    result = Down(std::string("exception: ") + typeid(failure).name());
  }
  if (!result) NoteFailed(result.error());
  EndRecovery();
  return result;
}

// The lanes go on whatever happens.
Result<void> EngineCore::RestartInTurn(Deadline deadline) {
  KM_TRY(const auto turn, module_->TakeTurn(deadline, clock_));
  if (!DrainLanes(deadline)) return Down("calls are still running");
  struct Resumption {
    EngineCore& core;
    ~Resumption() { core.ResumeLanes(); }
  } const resumption{*this};
  return RestartInOwnWay(deadline);
}

Result<void> EngineCore::RestartInOwnWay(Deadline deadline) {
  if (options_.key_store) return RestartKeyStore(deadline);
  return options_.is_member ? RestartMember(deadline) : Restart(deadline);
}

Result<void> EngineCore::Revive(Deadline deadline) {
  std::uint64_t lost = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!IsAway()) return {};
    lost = number_;
  }
  return Recover(lost, deadline);
}

void EngineCore::NoteAway(std::uint64_t lost) {
  if (!options_.is_member) return;
  const std::lock_guard lock(mutex_);
  if (number_ != lost) return;
  status_.healthy = false;
  away_.store(true, std::memory_order_release);
}

Error EngineCore::AwaitsRevival() { return Down("the token is away"); }

Result<void> EngineCore::Restart(Deadline deadline) {
  // First without finalising where others are in the module: one of their calls may hang, which
  // must not keep this token away.
  const Library& library = *module_->library();
  if (module_->IsShared(*this) && library.initialised() && !worker::MustBeReplaced(library.api())) {
    DropGeneration();
    Result<void> started = StartGeneration();
    if (started || started.error().code == ErrorCode::kAccessDenied) return started;
  }
  KM_CHECK(module_->Restart(*this, deadline));
  return StartGeneration();
}

// The members beside it are served meanwhile, so the module is restarted seldom.
Result<void> EngineCore::RestartMember(Deadline deadline) {
  DropGeneration();
  KM_CHECK(module_->EnsureInitialised());
  const TokenProfile& expected =
      profile_ != nullptr ? *profile_ : ExpectedProfile(*module_->library());
  const std::string& serial = profile_ != nullptr ? serial_ : options_.token_serial;
  if (expected.is_away != nullptr && expected.is_away(serial))
    return Error{ErrorCode::kDependencyTimeout, "The token is not there.", "the token is away"};
  // The others have lost theirs as well, or are about to.
  if (worker::MustBeReplaced(module_->library()->api())) {
    KM_CHECK(module_->Restart(*this, deadline));
    return StartGeneration();
  }
  Result<void> started = StartGeneration();
  if (started || !RestartMayHelp(started.error())) return started;
  if (!module_->MayDisturb(*this, clock_)) return started;
  KM_CHECK(module_->Restart(*this,
                            {std::min(deadline.at, Deadline::After(clock_, kDisturbanceMax).at)}));
  started = StartGeneration();
  if (started) module_->NoteRestartHelped();
  return started;
}

// Leaves the other engines of the module alone as far as its token lets it.
Result<void> EngineCore::RestartKeyStore(Deadline deadline) {
  DropGeneration();
  KM_CHECK(module_->EnsureInitialised());
  const Library& library = *module_->library();
  const TokenProfile& expected = profile_ != nullptr ? *profile_ : ExpectedProfile(library);
  const std::string& serial = profile_ != nullptr ? serial_ : options_.token_serial;
  if (expected.is_away != nullptr && expected.is_away(serial))
    return Error{ErrorCode::kNotFound, "The token is not there.", "the token is away"};
  // The others have lost theirs as well, or are about to.
  if (worker::MustBeReplaced(library.api())) {
    KM_CHECK(module_->Restart(*this, deadline));
    return StartGeneration();
  }
  const bool untried = library.epoch() != tried_epoch_;
  if (untried || profile_ == nullptr || !expected.returns_by_restart) {
    Result<void> started = StartGeneration();
    if (started || !expected.returns_by_restart || !RestartMayHelp(started.error())) return started;
  }
  if (!module_->MayDisturb(*this, clock_)) return Down("the module was restarted just before");
  KM_CHECK(module_->Restart(*this,
                            {std::min(deadline.at, Deadline::After(clock_, kDisturbanceMax).at)}));
  Result<void> started = StartGeneration();
  if (started) module_->NoteRestartHelped();
  return started;
}

bool EngineCore::RestartMayHelp(const Error& failure) const {
  // A token that was made after the module began is not among its slots.
  if (profile_ == nullptr) return failure.code == ErrorCode::kNotFound;
  return failure.code != ErrorCode::kAccessDenied && failure.code != ErrorCode::kAlreadyExists &&
         failure.code != ErrorCode::kConflict;
}

bool EngineCore::WaitForOtherRecovery(std::unique_lock<std::mutex>& lock, Deadline deadline) {
  while (recovering_) {
    const SteadyTime now = clock_.SteadyNow();
    if (now >= deadline.at) return false;
    const auto left = std::min<SteadyTime::duration>(deadline.at - now, kLongestWait);
    if (recovery_ended_.wait_for(lock, left) == std::cv_status::timeout && left < kLongestWait)
      return !recovering_;
  }
  return true;
}

void EngineCore::WaitOutInterval(std::unique_lock<std::mutex>& lock, std::uint64_t lost,
                                 Deadline deadline) {
  const SteadyTime now = clock_.SteadyNow();
  const SteadyTime until = std::min(next_recovery_, deadline.at);
  if (now >= until) return;
  (void)recovery_ended_.wait_for(lock, until - now,
                                 [&] { return recovering_ || closed_ || number_ != lost; });
}

Result<bool> EngineCore::BeginRecovery(std::uint64_t lost, Deadline deadline) {
  std::unique_lock lock(mutex_);
  bool in_time = WaitForOtherRecovery(lock, deadline);
  if (in_time && number_ == lost && status_.last_error.empty()) {
    WaitOutInterval(lock, lost, deadline);
    in_time = WaitForOtherRecovery(lock, deadline);
  }
  if (!in_time) return Down("deadline passed during a recovery");
  if (closed_) return Down("the engine is closed");
  if (number_ != lost) return false;
  status_.healthy = false;
  if (pin_refused_) return Down("the token refused the PIN: " + status_.last_error);
  const SteadyTime now = clock_.SteadyNow();
  if (now < next_recovery_ && !status_.last_error.empty())
    return Down("waiting to try again: " + status_.last_error);
  next_recovery_ = now + options_.recovery_interval;
  recovering_ = true;
  log::Warning("hsm_recovery", {{"generation", lost}});
  return true;
}

void EngineCore::EndRecovery() {
  const std::lock_guard lock(mutex_);
  recovering_ = false;
  recovery_ended_.notify_all();
}

Result<void> EngineCore::StartGeneration() {
  KM_CHECK(module_->EnsureInitialised());
  tried_epoch_ = module_->library()->epoch();
  auto fresh = Generation::Start(module_->library(), options_);
  if (Result<void> good = CheckSameToken(fresh); !good || !(good = LearnOnce(**fresh))) {
    // Ends its login; beside others, its sessions close themselves.
    module_->FinalizeIfAlone(*this);
    return good;
  }
  profile_ = &(*fresh)->profile();
  serial_ = (*fresh)->token().facts().serial;
  const std::string description = module_->library()->Description();  // may hang: without the lock
  const std::lock_guard lock(mutex_);
  status_.module_description = description;
  generation_ = *std::move(fresh);
  fingerprint_ = generation_->fingerprint();
  ++number_;
  away_.store(false, std::memory_order_release);
  NoteStarted();
  return {};
}

Result<void> EngineCore::CheckSameToken(const Result<std::unique_ptr<Generation>>& fresh) const {
  if (!fresh) return fresh.error();
  if (!fingerprint_) return {};
  if (!crypto::ConstantTimeEqual((*fresh)->fingerprint(), *fingerprint_))
    return Error{ErrorCode::kConflict,
                 "The token that came back has another integrity key than before.",
                 "another integrity key"};
  // Anchors are made for one: under another they would count as damaged.
  if (!options_.key_store && (*fresh)->token().facts().serial != serial_)
    return Error{ErrorCode::kConflict,
                 "The token that came back has another serial number than before.",
                 "another serial number"};
  const std::lock_guard lock(mutex_);
  return wrapping_root_ ? (*fresh)->WrapWith(*wrapping_root_) : Result<void>();
}

Result<void> EngineCore::LearnOnce(Generation& fresh) {
  if (fingerprint_) return {};
  return options_.key_store ? LearnKeyStore(fresh, fresh.long_session(0), capabilities_)
                            : Learn(fresh, fresh.long_session(0), capabilities_);
}

// Its sessions close, unless the module was finalised: handles of an ended epoch are dropped
// without a call.
void EngineCore::DropGeneration() {
  std::unique_ptr<Generation> dropped;  // goes after the lock: to close a session may hang
  const std::lock_guard lock(mutex_);
  dropped = std::move(generation_);
}

void EngineCore::Forget() {
  DropGeneration();
  const std::lock_guard lock(mutex_);
  // What another engine's recovery took away need not wait its time.
  if (!recovering_) next_recovery_ = SteadyTime::min();
}

bool EngineCore::DrainLanes(Deadline deadline) {
  if (!long_lane_.Drain(deadline)) return false;
  if (short_lane_.Drain(deadline)) return true;
  long_lane_.Resume();
  return false;
}

void EngineCore::ResumeLanes() {
  short_lane_.Resume();
  long_lane_.Resume();
}

void EngineCore::NoteStarted() {
  const TokenFacts& facts = generation_->token().facts();
  status_.healthy = true;
  status_.engine_generation = number_;
  status_.module_path = module_->library()->path();
  status_.token_label = facts.label;
  status_.token_serial = facts.serial;
  status_.token_model = facts.model;
  status_.mechanisms.clear();
  for (const CK_MECHANISM_TYPE mechanism : capabilities_.proven)
    status_.mechanisms.push_back(MechanismName(mechanism));
  status_.custody = {domain::Custody::kResident};
  if (!options_.key_store)
    status_.custody = {domain::Custody::kWrapped, domain::Custody::kResident,
                       domain::Custody::kProcess};
  status_.last_error.clear();
  log::Info("hsm_ready", {{"token", facts.label},
                          {"serial", facts.serial},
                          {"model", facts.model},
                          {"generation", number_}});
}

void EngineCore::NoteFailed(const Error& error) {
  const std::lock_guard lock(mutex_);
  status_.healthy = false;
  status_.last_error = error.detail;
  ++failed_recoveries_;
  // A second try could lock the token for good.
  if (error.code == ErrorCode::kAccessDenied) pin_refused_ = true;
  log::Error("hsm_recovery_failed", {{"error", error.message}});
}

bool EngineCore::IsPinRefused() const {
  const std::lock_guard lock(mutex_);
  return pin_refused_;
}

void EngineCore::NoteAlive() {
  const std::lock_guard lock(mutex_);
  if (recovering_ || generation_ == nullptr) return;
  status_.healthy = true;
  status_.last_error.clear();
}

Result<void> EngineCore::WrapWith(Call& call, std::uint32_t root_generation) {
  KM_CHECK(call.generation().WrapWith(root_generation));
  const std::lock_guard lock(mutex_);
  wrapping_root_ = root_generation;
  return {};
}

ports::EngineStatus EngineCore::Status() const {
  const std::lock_guard lock(mutex_);
  ports::EngineStatus status = status_;
  status.healthy = status.healthy && !closed_;
  if (generation_ != nullptr) status.root_generations = generation_->roots()->generations();
  status.cached_keys = generation_ == nullptr
                           ? 0
                           : generation_->cache().size() + generation_->process_cache().size();
  status.short_lane_waiting = short_lane_.waiting();
  status.long_lane_waiting = long_lane_.waiting() + slow_lane_.waiting();
  return status;
}

EngineCounters EngineCore::counters() const {
  EngineCounters counters;
  counters.short_lane = short_lane_.counters();
  counters.long_lane = long_lane_.counters();
  counters.slow_lane = slow_lane_.counters();
  const std::lock_guard lock(mutex_);
  counters.recoveries = number_ > 0 ? number_ - 1 : 0;
  counters.failed_recoveries = failed_recoveries_;
  if (generation_ == nullptr) return counters;
  for (const MaterialCache* cache : {&generation_->cache(), &generation_->process_cache()}) {
    counters.cache_hits += cache->hits();
    counters.cache_misses += cache->misses();
  }
  return counters;
}

}  // namespace kmaas::hsm
