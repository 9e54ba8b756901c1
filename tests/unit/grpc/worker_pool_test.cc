#include "frontends/grpc/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <vector>

namespace kmaas::grpc_front {
namespace {

class Counting final : public Task {
 public:
  explicit Counting(std::atomic<int>& runs) : runs_(runs) {}
  void Run() noexcept override { ++runs_; }

 private:
  std::atomic<int>& runs_;
};

// Says that it runs, and goes on when it may.
class Blocking final : public Task {
 public:
  void Run() noexcept override {
    running.count_down();
    may_end.wait();
  }
  std::latch running{1};
  std::latch may_end{1};
};

TEST(WorkerPool, RunsEveryTaskOnceBeforeItEnds) {
  std::atomic<int> runs{0};
  Counting task(runs);
  {
    WorkerPool pool(3, 1000);
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(pool.TryPost(task));
  }
  EXPECT_EQ(runs, 1000);
}

TEST(WorkerPool, RefusesWhatDoesNotFitAndDoesNotRunIt) {
  std::atomic<int> runs{0};
  Counting task(runs);
  Blocking blocking;
  {
    WorkerPool pool(1, 2);
    ASSERT_TRUE(pool.TryPost(blocking));
    blocking.running.wait();
    EXPECT_TRUE(pool.TryPost(task));
    EXPECT_TRUE(pool.TryPost(task));
    EXPECT_FALSE(pool.TryPost(task));
    blocking.may_end.count_down();
  }
  EXPECT_EQ(runs, 2);
}

TEST(WorkerPool, RunsAsManyTasksAtATimeAsItHasWorkers) {
  std::vector<std::unique_ptr<Blocking>> tasks;
  for (int i = 0; i < 4; ++i) tasks.push_back(std::make_unique<Blocking>());
  WorkerPool pool(4, 4);
  for (const auto& task : tasks) ASSERT_TRUE(pool.TryPost(*task));
  for (const auto& task : tasks) task->running.wait();
  for (const auto& task : tasks) task->may_end.count_down();
}

TEST(WorkerPool, ATaskMayEndWithItsRun) {
  struct Once final : Task {
    explicit Once(std::atomic<int>& count) : runs(count) {}
    void Run() noexcept override {
      ++runs;
      delete this;
    }
    std::atomic<int>& runs;
  };
  std::atomic<int> runs{0};
  {
    WorkerPool pool(2, 100);
    for (int i = 0; i < 100; ++i) {
      auto task = std::make_unique<Once>(runs);
      if (pool.TryPost(*task)) task.release();
    }
  }
  EXPECT_EQ(runs, 100);
}

}  // namespace
}  // namespace kmaas::grpc_front
