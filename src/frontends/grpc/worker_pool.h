// A fixed number of threads behind a bounded queue: what does not fit is refused at once.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace kmaas::grpc_front {

// Something to be run once. Must not throw.
class Task {
 public:
  virtual ~Task() = default;
  virtual void Run() noexcept = 0;
};

// Thread-safe. The destructor runs what is queued and then joins.
class WorkerPool {
 public:
  WorkerPool(std::size_t workers, std::size_t waiting_max);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False, and `task` is not touched, when `waiting_max` tasks wait already. Otherwise `task` lives
  // until its Run has been called; Run may delete it.
  [[nodiscard]] bool TryPost(Task& task);

 private:
  void Work();

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task*> waiting_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace kmaas::grpc_front
