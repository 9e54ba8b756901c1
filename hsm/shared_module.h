// One PKCS#11 module of the process and the engines over its tokens. A module is initialised once
// for all of them, so none may finalise it while another is in it.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace kmaas::hsm {

class Library;

// Thread-safe. Shared by its engines; what needs the turn is done by whoever holds it, one at a
// time: starting, recovering and ending an engine.
class SharedModule {
 public:
  // An engine, as the recovery of another one sees it. Called by the holder of the turn.
  class User {
   public:
    virtual ~User() = default;
    // Lets calls end and keeps new ones waiting; false, and open again, when that takes too long.
    virtual bool Pause(Deadline deadline) = 0;
    // The module was finalised: nothing that was opened or found in it is good any more.
    virtual void Forget() = 0;
    virtual void Resume() = 0;
  };
  using Turn = std::unique_lock<std::timed_mutex>;

  // The arguments are those of Library::Load.
  static Result<std::shared_ptr<SharedModule>> Load(const std::string& path,
                                                    const std::string& parameters);
  ~SharedModule();
  SharedModule(const SharedModule&) = delete;
  SharedModule& operator=(const SharedModule&) = delete;

  // kDependencyTimeout when another engine has it until the deadline.
  Result<Turn> TakeTurn(Deadline deadline, const Clock& clock);

  const std::shared_ptr<Library>& library() const { return library_; }

  // All of these need the turn. Borrows the user until it leaves.
  void Join(User& user);
  // The last one finalises the module, before it forgets.
  void Leave(User& user);
  // Of an engine with a call that does not end: the module is not finalised before TakeBack().
  void Abandon(User& user);
  // The call that an engine was abandoned for has ended.
  void TakeBack();
  // Whether a restart would be of others too, or is not to be: some call may not end.
  bool IsShared(const User& user) const;
  Result<void> EnsureInitialised();
  // Finalises and initialises for all, when every other engine can be paused. They begin again by
  // themselves, at their next call.
  Result<void> Restart(User& wisher, Deadline deadline);
  // Finalises when there is no other user.
  void FinalizeIfAlone(User& user);
  // Of an engine for whose token others should not wait often: whether it may ask for a restart
  // now, which it then does. The pause until the next one doubles from 10 s to an hour.
  bool MayDisturb(const User& wisher, const Clock& clock);
  // A restart was worth it: the pauses begin anew.
  void NoteRestartHelped();

 private:
  explicit SharedModule(std::shared_ptr<Library> library);
  bool HasOthers(const User& user) const;

  std::shared_ptr<Library> library_;
  std::timed_mutex turn_;
  std::vector<User*> users_;
  std::size_t abandoned_ = 0;  // engines
  SteadyTime next_disturbance_ = SteadyTime::min();
  std::chrono::seconds disturbance_pause_{};  // before next_disturbance_; zero: there was none
};

}  // namespace kmaas::hsm
