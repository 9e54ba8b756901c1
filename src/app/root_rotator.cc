#include "app/root_rotator.h"

#include <algorithm>
#include <exception>
#include <typeinfo>
#include <utility>

#include "base/log.h"

namespace kmaas::app {
namespace {

using std::chrono::milliseconds;

// For each second of work so many of rest.
constexpr int kRest = 3;
constexpr milliseconds kRestMin{1};
constexpr milliseconds kRestMax{10'000};
constexpr milliseconds kLater{1'000};
constexpr milliseconds kFirstPause{1'000};
constexpr milliseconds kLongestPause{60'000};
constexpr milliseconds kIdle{3'600'000};

}  // namespace

Result<std::unique_ptr<RootRotator>> RootRotator::Create(lifecycle::RootRotation::Parts parts) {
  std::unique_ptr<RootRotator> rotator(new RootRotator(std::move(parts)));
  KM_CHECK(rotator->rotation_.Resume());
  return rotator;
}

RootRotator::~RootRotator() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  woken_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void RootRotator::Begin() {
  thread_ = std::thread([this] { Run(); });
}

void RootRotator::Rotate() {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
  }
  woken_.notify_one();
}

void RootRotator::Run() {
  std::unique_lock lock(mutex_);
  for (milliseconds wait{0};;) {
    (void)woken_.wait_for(lock, wait, [this] { return ending_ || wanted_; });
    if (ending_) return;
    const bool wanted = std::exchange(wanted_, false);
    lock.unlock();
    try {
      wait = Work(wanted);
    } catch (const std::exception& failure) {
      log::Error("roots_not_rotated", {{"type", typeid(failure).name()}});
      wait = kLongestPause;
    }
    lock.lock();
  }
}

milliseconds RootRotator::Work(bool wanted) {
  if (wanted) begin_at_ = clock_.SteadyNow();
  if (begin_at_ && clock_.SteadyNow() >= *begin_at_) TryToBegin();
  const milliseconds wait = Step();
  if (!begin_at_) return wait;
  const auto until = std::chrono::ceil<milliseconds>(*begin_at_ - clock_.SteadyNow());
  return std::clamp(until, kRestMin, std::max(wait, kRestMin));
}

// Whatever it was: a token that went away fails a search in many ways, and what an operator has to
// see to first is seen to some time. A rotation that is under way goes on meanwhile.
void RootRotator::TryToBegin() {
  const auto begun = rotation_.Begin();
  if (!begun) {
    begin_at_ = clock_.SteadyNow() + PutOff("root_rotation_not_begun", begun.error(), begin_pause_);
    return;
  }
  begin_at_.reset();
  begin_pause_ = {};
  if (!*begun) log::Warning("root_rotation_not_begun", {{"detail", "no newer roots"}});
}

milliseconds RootRotator::Step() {
  const SteadyTime began = clock_.SteadyNow();
  const auto next = rotation_.Step();
  if (!next) return PutOff("roots_not_rotated", next.error(), next_pause_);
  next_pause_ = kFirstPause;
  switch (*next) {
    case lifecycle::RootRotation::Next::kNothing:
      return kIdle;
    case lifecycle::RootRotation::Next::kLater:
      return kLater;
    case lifecycle::RootRotation::Next::kMore:
      break;
  }
  const auto work = std::chrono::duration_cast<milliseconds>(clock_.SteadyNow() - began);
  return std::clamp(kRest * work, kRestMin, kRestMax);
}

milliseconds RootRotator::PutOff(std::string_view event, const Error& error, milliseconds& next) {
  const milliseconds pause = std::max(next, kFirstPause);
  next = std::min(2 * pause, kLongestPause);
  log::Warning(event, {{"detail", ForOperators(error)}, {"again_in_milliseconds", pause.count()}});
  return pause;
}

}  // namespace kmaas::app
