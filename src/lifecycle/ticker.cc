#include "lifecycle/ticker.h"

#include <exception>
#include <typeinfo>

#include "base/log.h"

namespace kmaas::lifecycle {

Ticker::Ticker(Scheduler& scheduler, std::chrono::milliseconds interval)
    : scheduler_(scheduler), interval_(interval), thread_([this] { Run(); }) {}

Ticker::~Ticker() {
  scheduler_.Stop();
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void Ticker::Run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    lock.unlock();
    try {
      scheduler_.RunDue();
    } catch (const std::exception& failure) {
      log::Error("schedule_not_run", {{"type", typeid(failure).name()}});
    }
    lock.lock();
    ended_.wait_for(lock, interval_, [this] { return ending_; });
  }
}

}  // namespace kmaas::lifecycle
