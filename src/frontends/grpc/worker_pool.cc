#include "frontends/grpc/worker_pool.h"

#include "base/vector_registers.h"

namespace kmaas::grpc_front {

WorkerPool::WorkerPool(std::size_t workers, std::size_t waiting_max) : waiting_max_(waiting_max) {
  threads_.reserve(workers);
  for (std::size_t i = 0; i < workers; ++i) threads_.emplace_back([this] { Work(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::TryPost(Task& task) {
  {
    const std::lock_guard lock(mutex_);
    if (ending_ || waiting_.size() >= waiting_max_) return false;
    waiting_.push_back(&task);
  }
  changed_.notify_one();
  return true;
}

void WorkerPool::Work() {
  while (true) {
    Task* task = nullptr;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      task = waiting_.front();
      waiting_.pop_front();
    }
    task->Run();
    WipeVectorRegisters();
  }
}

}  // namespace kmaas::grpc_front
