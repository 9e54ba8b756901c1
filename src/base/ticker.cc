#include "base/ticker.h"

#include <exception>
#include <typeinfo>
#include <utility>

#include "base/log.h"

namespace kmaas {

Ticker::Ticker(std::string_view failure_event, std::function<void()> tick,
               std::chrono::milliseconds interval)
    : failure_event_(failure_event),
      tick_(std::move(tick)),
      interval_(interval),
      thread_([this] { Run(); }) {}

Ticker::~Ticker() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void Ticker::Run() {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, interval_, [this] { return ending_; })) {
    lock.unlock();
    try {
      tick_();
    } catch (const std::exception& failure) {
      log::Error(failure_event_, {{"type", typeid(failure).name()}});
    }
    lock.lock();
  }
}

}  // namespace kmaas
