// The threads of the server: many, of which only a few run at a time.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/blocking.h"

namespace kmaas::http {

struct WorkersOptions {
  unsigned threads = 2;
  // So many run at a time; those that wait for something else than the processor do not count. More
  // would only wake each other up: with 32 in place of 2 a small Decrypt costs half as much again.
  unsigned running_max = 2;
  // How often it is looked whether one has been at the same request since the last look. It then
  // counts as waiting, whatever it does: a PKCS#11 module that hangs may not stop the server.
  // Zero: nobody looks but who calls Look().
  std::chrono::milliseconds look_interval{5};
};

// Thread-safe. Threads beyond `running_max` are parked at the end of a request.
class Workers {
 public:
  class Request;

  // Each thread calls `serve` once it has its turn, until that returns. Starts them all.
  Workers(const WorkersOptions& options, std::function<void()> serve);
  // Wakes the parked ones and joins all. `serve` must be about to return everywhere.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  void Look();
  unsigned running() const;  // those that have a turn and do not wait

 private:
  struct Worker;
  void Run(Worker& worker);
  void RunLooker();
  bool LookAtAll();
  void TakeTurn(std::unique_lock<std::mutex>& lock);
  void BeginBlocking(Worker& worker) noexcept;
  void EndBlocking(Worker& worker) noexcept;
  void EndRequest(Worker& worker) noexcept;
  bool TooMany() const { return turns_ - blocked_ > options_.running_max; }

  const WorkersOptions options_;
  const std::function<void()> serve_;
  mutable std::mutex mutex_;
  std::condition_variable turn_;
  unsigned turns_ = 0;    // threads that are not parked
  unsigned blocked_ = 0;  // of those, the ones that wait
  bool stopping_ = false;
  std::atomic<bool> too_many_{false};  // as TooMany(), for a look without the mutex
  std::condition_variable look_;
  std::atomic<bool> looking_{false};  // false: the looker sleeps until a request wakes it
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
  std::thread looker_;
};

// While a thread of a Workers handles something. On other threads it does nothing. May park the
// thread when it goes, so it is the last to go. They do not nest.
class Workers::Request {
 public:
  Request() noexcept;
  ~Request();
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

 private:
  Worker* worker_;
};

}  // namespace kmaas::http
