// The thread of kmaasd that brings material to a new generation of roots.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "app/root_report.h"

namespace kmaas::app {

// Works a quarter of the time and waits the rest, however slow the token is just then: so
// customers' calls hardly notice, and under load it takes longer by itself. Thread-safe.
class RootRotator {
 public:
  // Tells the token which generation wraps; fails when it does not have that one. Borrows what the
  // parts borrow.
  static Result<std::unique_ptr<RootRotator>> Create(lifecycle::RootRotation::Parts parts);
  ~RootRotator();  // waits for the batch under way
  RootRotator(const RootRotator&) = delete;
  RootRotator& operator=(const RootRotator&) = delete;

  // Goes on with what an earlier process left.
  void Begin();
  // Takes the newest generation of the token into use, soon. What fails is logged and tried again
  // until it has begun, or until the process ends.
  void Rotate();
  lifecycle::RootRotationCounters counters() const { return rotation_.counters(); }

 private:
  explicit RootRotator(lifecycle::RootRotation::Parts parts)
      : clock_(parts.clock), rotation_(std::move(parts)) {}
  void Run();
  // How long to wait; the longest wait for nothing to do.
  std::chrono::milliseconds Work(bool wanted);
  std::chrono::milliseconds Step();
  void TryToBegin();
  // Answers the pause, of which `next` is the length, and lengthens the one after it.
  static std::chrono::milliseconds PutOff(std::string_view event, const Error& error,
                                          std::chrono::milliseconds& next);

  const Clock& clock_;
  lifecycle::RootRotation rotation_;
  std::chrono::milliseconds next_pause_{};  // after the next failure
  std::mutex mutex_;
  std::condition_variable woken_;
  bool wanted_ = false;
  bool ending_ = false;
  // Of the thread alone: when a rotation that is wanted is to begin.
  std::optional<SteadyTime> begin_at_;
  std::chrono::milliseconds begin_pause_{};
  std::thread thread_;  // last: it uses the others
};

}  // namespace kmaas::app
