// The thread that seals.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace kmaas::audit {

// Calls `tick` after each interval until it is destroyed; then waits for the call under way. The
// call throws nothing.
class SealTicker {
 public:
  SealTicker(std::function<void()> tick, std::chrono::milliseconds interval);
  ~SealTicker();
  SealTicker(const SealTicker&) = delete;
  SealTicker& operator=(const SealTicker&) = delete;

 private:
  void Run();

  const std::function<void()> tick_;
  const std::chrono::milliseconds interval_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool ending_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace kmaas::audit
