// The thread of the scheduler.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "lifecycle/scheduler.h"

namespace kmaas::lifecycle {

// Runs the scheduler, which it borrows, at once and then after each interval, until it is
// destroyed; then waits for the work that is under way.
class Ticker {
 public:
  Ticker(Scheduler& scheduler, std::chrono::milliseconds interval);
  ~Ticker();
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

 private:
  void Run();

  Scheduler& scheduler_;
  const std::chrono::milliseconds interval_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool ending_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace kmaas::lifecycle
