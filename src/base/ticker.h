// A thread that does something again and again.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace kmaas {

// Calls `tick`, first at once or after an interval, and after each interval until it is destroyed;
// then waits for the call under way. What the call throws is logged as `failure_event`, and the
// next one comes all the same.
class Ticker {
 public:
  enum class First { kAfterInterval, kAtOnce };
  Ticker(std::string_view failure_event, std::function<void()> tick,
         std::chrono::milliseconds interval, First first = First::kAfterInterval);
  ~Ticker();
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

 private:
  void Run(First first);
  void Tick();

  const std::string failure_event_;
  const std::function<void()> tick_;
  const std::chrono::milliseconds interval_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool ending_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace kmaas
