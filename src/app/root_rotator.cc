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

bool IsOutage(const Error& error) {
  return error.code == ErrorCode::kDependencyTimeout || error.code == ErrorCode::kKeyUnavailable ||
         error.code == ErrorCode::kThrottling;
}

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
  if (wanted || put_off_) {
    const auto begun = rotation_.Begin();
    put_off_ = !begun && IsOutage(begun.error());
    if (!begun && !put_off_) {
      // Waiting does not help: the tokens, or the database, have to be seen to first.
      log::Warning("root_rotation_not_begun", {{"detail", ForOperators(begun.error())}});
      return Step();
    }
    if (!begun) return PutOff("root_rotation_not_begun", begun.error());
    if (!*begun) log::Warning("root_rotation_not_begun", {{"detail", "no newer roots"}});
  }
  return Step();
}

milliseconds RootRotator::Step() {
  const SteadyTime began = clock_.SteadyNow();
  const auto next = rotation_.Step();
  if (!next) return PutOff("roots_not_rotated", next.error());
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

milliseconds RootRotator::PutOff(std::string_view event, const Error& error) {
  const milliseconds pause = std::max(next_pause_, kFirstPause);
  next_pause_ = std::min(2 * pause, kLongestPause);
  log::Warning(event, {{"detail", ForOperators(error)}, {"again_in_milliseconds", pause.count()}});
  return pause;
}

}  // namespace kmaas::app
