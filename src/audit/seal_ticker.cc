#include "audit/seal_ticker.h"

#include <exception>
#include <typeinfo>
#include <utility>

#include "base/log.h"

namespace kmaas::audit {

SealTicker::SealTicker(std::function<void()> tick, std::chrono::milliseconds interval)
    : tick_(std::move(tick)), interval_(interval), thread_([this] { Run(); }) {}

SealTicker::~SealTicker() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void SealTicker::Run() {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, interval_, [this] { return ending_; })) {
    lock.unlock();
    try {
      tick_();
    } catch (const std::exception& failure) {
      log::Error("audit_not_sealed", {{"type", typeid(failure).name()}});
    }
    lock.lock();
  }
}

}  // namespace kmaas::audit
