// Taking turns at a module.
#include "hsm/shared_module.h"

#include <algorithm>

#include "base/log.h"
#include "hsm/library.h"

namespace kmaas::hsm {
namespace {

constexpr std::chrono::milliseconds kLongestWait{60'000};
// A restart takes the others tens of milliseconds, so that one in so long a time goes unnoticed.
constexpr std::chrono::seconds kDisturbancePauseMin{10};
constexpr std::chrono::seconds kDisturbancePauseMax{3600};

Error Busy(std::string detail) {
  return {ErrorCode::kDependencyTimeout, "The HSM is not available.", std::move(detail)};
}

// The engines that it has paused go on when it goes, whatever happens.
class Pauses {
 public:
  explicit Pauses(std::size_t users_max) { paused_.reserve(users_max); }
  ~Pauses() {
    for (SharedModule::User* user : paused_) user->Resume();
  }
  Pauses(const Pauses&) = delete;
  Pauses& operator=(const Pauses&) = delete;

  bool Add(SharedModule::User& user, Deadline deadline) {
    if (!user.Pause(deadline)) return false;
    paused_.push_back(&user);
    return true;
  }

 private:
  std::vector<SharedModule::User*> paused_;
};

}  // namespace

Result<std::shared_ptr<SharedModule>> SharedModule::Load(const std::string& path,
                                                         const std::string& parameters) {
  KM_TRY(auto library, Library::Load(path, parameters));
  return std::shared_ptr<SharedModule>(new SharedModule(std::move(library)));
}

SharedModule::SharedModule(std::shared_ptr<Library> library) : library_(std::move(library)) {}
SharedModule::~SharedModule() = default;

Result<SharedModule::Turn> SharedModule::TakeTurn(Deadline deadline, const Clock& clock) {
  Turn turn(turn_, std::defer_lock);
  for (;;) {
    if (turn.try_lock()) return turn;
    const SteadyTime now = clock.SteadyNow();
    if (now >= deadline.at) return Busy("deadline passed while another engine had the module");
    const auto left = std::min<SteadyTime::duration>(deadline.at - now, kLongestWait);
    if (turn.try_lock_for(left)) return turn;
    if (left < kLongestWait) return Busy("another engine has the module");
  }
}

void SharedModule::Join(User& user) { users_.push_back(&user); }

void SharedModule::Leave(User& user) {
  FinalizeIfAlone(user);
  user.Forget();
  std::erase(users_, &user);
}

void SharedModule::Abandon(User& user) {
  ++abandoned_;
  std::erase(users_, &user);
}

void SharedModule::TakeBack() { --abandoned_; }

bool SharedModule::HasOthers(const User& user) const {
  return std::any_of(users_.begin(), users_.end(), [&](const User* one) { return one != &user; });
}

bool SharedModule::IsShared(const User& user) const { return abandoned_ > 0 || HasOthers(user); }

Result<void> SharedModule::EnsureInitialised() {
  if (library_->initialised()) return {};
  return library_->Initialize();
}

Result<void> SharedModule::Restart(User& wisher, Deadline deadline) {
  if (abandoned_ > 0) return Busy("a call that does not end is in the module");
  Pauses pauses(users_.size());
  for (User* user : users_)
    if (user != &wisher && !pauses.Add(*user, deadline))
      return Busy("calls to other tokens are still running");
  if (HasOthers(wisher)) log::Warning("hsm_module_restarted", {{"module", library_->path()}});
  library_->Finalize();
  for (User* user : users_) user->Forget();
  return library_->Initialize();
}

void SharedModule::FinalizeIfAlone(User& user) {
  if (!IsShared(user)) library_->Finalize();
}

bool SharedModule::MayDisturb(const User& wisher, const Clock& clock) {
  if (!HasOthers(wisher)) return true;
  const SteadyTime now = clock.SteadyNow();
  if (now < next_disturbance_) return false;
  disturbance_pause_ =
      std::clamp(2 * disturbance_pause_, kDisturbancePauseMin, kDisturbancePauseMax);
  next_disturbance_ = now + disturbance_pause_;
  return true;
}

void SharedModule::NoteRestartHelped() { disturbance_pause_ = {}; }

}  // namespace kmaas::hsm
