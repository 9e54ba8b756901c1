#include "base/ticker.h"

#include <exception>
#include <typeinfo>
#include <utility>

#include "base/log.h"

namespace kmaas {

Ticker::Ticker(std::string_view failure_event, std::function<void()> tick,
               std::chrono::milliseconds interval, First first)
    : failure_event_(failure_event),
      tick_(std::move(tick)),
      interval_(interval),
      thread_([this, first] { Run(first); }) {}

Ticker::~Ticker() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void Ticker::Tick() {
  try {
    tick_();
  } catch (const std::exception& failure) {
    log::Error(failure_event_, {{"type", typeid(failure).name()}});
  }
}

void Ticker::Run(First first) {
  if (first == First::kAtOnce) Tick();
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, interval_, [this] { return ending_; })) {
    lock.unlock();
    Tick();
    lock.lock();
  }
}

}  // namespace kmaas
