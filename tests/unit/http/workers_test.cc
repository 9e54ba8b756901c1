// Goal: few threads run at a time, and none that waits or hangs keeps the others from running.
#include "frontends/http/workers.h"

#include <gtest/gtest.h>

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace kmaas::http {
namespace {

// What the threads take their requests from, as from an event loop.
class Queue {
 public:
  void Push(std::function<void()> request) {
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(std::move(request));
    }
    arrived_.notify_one();
  }
  void Stop() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    arrived_.notify_all();
  }
  void Serve() {
    for (;;) {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [this] { return stopped_ || !requests_.empty(); });
      if (stopped_) return;
      const std::function<void()> request = std::move(requests_.front());
      requests_.pop_front();
      lock.unlock();
      const Workers::Request handled;
      request();
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> requests_;
  bool stopped_ = false;
};

// A request that is at work from `begun` until `go_on`.
struct Held {
  std::promise<void> begun;
  std::promise<void> go_on;
  std::promise<void> done;
};

class WorkersTest : public testing::Test {
 protected:
  void TearDown() override { queue_.Stop(); }  // before the workers go: they are its member
  void Start(unsigned threads, unsigned running_max, std::chrono::milliseconds look_interval = {}) {
    workers_ = std::make_unique<Workers>(WorkersOptions{threads, running_max, look_interval},
                                         [this] { queue_.Serve(); });
  }
  // Returns once it is at work.
  void Begin(Held& held, bool blocking = false) {
    queue_.Push([&held, blocking] {
      std::optional<Blocking> span;
      if (blocking) span.emplace();
      held.begun.set_value();
      held.go_on.get_future().wait();
      span.reset();
      held.done.set_value();
    });
    held.begun.get_future().wait();
  }
  static void End(Held& held) {
    held.go_on.set_value();
    held.done.get_future().wait();
  }
  std::future<void> Ask() {
    auto answered = std::make_shared<std::promise<void>>();
    queue_.Push([answered] { answered->set_value(); });
    return answered->get_future();
  }
  // Whoever is surplus parks when its request ends, which is after the answer. For ever if not.
  void WaitUntilOneRuns() const {
    while (workers_->running() > 1) std::this_thread::yield();
  }
  static bool IsReady(const std::future<void>& future) {
    return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }

  Queue queue_;
  std::unique_ptr<Workers> workers_;
};

TEST_F(WorkersTest, NoMoreRunThanMay) {
  Start(4, 1);
  Held held;
  Begin(held);
  const std::future<void> answer = Ask();
  EXPECT_EQ(workers_->running(), 1U);
  EXPECT_FALSE(IsReady(answer));
  End(held);
  answer.wait();
}

TEST_F(WorkersTest, AnotherRunsWhileOneWaits) {
  Start(2, 1);
  Held held;
  Begin(held, true);
  Ask().wait();
  End(held);
}

TEST_F(WorkersTest, WhoHasWaitedRunsOnAndTheSurplusIsParked) {
  Start(4, 1);
  for (int i = 0; i < 50; ++i) {
    Held first;
    Held second;
    Begin(first, true);
    Begin(second, true);
    End(first);
    End(second);
    Ask().wait();
  }
  Held last;
  Begin(last);
  WaitUntilOneRuns();
  End(last);
}

TEST_F(WorkersTest, WhoHangsIsReplacedAfterTwoLooks) {
  Start(2, 1);
  Held held;
  Begin(held);
  workers_->Look();
  const std::future<void> answer = Ask();
  EXPECT_FALSE(IsReady(answer));
  workers_->Look();
  answer.wait();
  EXPECT_EQ(workers_->running(), 1U);
  End(held);
}

TEST_F(WorkersTest, WhoHungCountsAgainOnceItsRequestEnds) {
  Start(3, 1);
  for (int i = 0; i < 50; ++i) {
    Held held;
    Begin(held);
    workers_->Look();
    workers_->Look();
    Ask().wait();
    End(held);
    Ask().wait();
  }
  Held last;
  Begin(last);
  WaitUntilOneRuns();
  End(last);
}

TEST_F(WorkersTest, AllButTheLastMayHang) {
  Start(4, 1);
  std::array<Held, 3> held;
  for (Held& one : held) {
    Begin(one);
    workers_->Look();
    workers_->Look();
  }
  Ask().wait();
  for (Held& one : held) End(one);
}

TEST_F(WorkersTest, SomebodyLooksByHimself) {
  Start(2, 1, std::chrono::milliseconds(1));
  Held held;
  Begin(held);
  Ask().wait();
  End(held);
}

TEST_F(WorkersTest, EndsThoughSomeAreParked) {
  Start(8, 1);
  Ask().wait();
}

TEST(Blocking, CountsOnceHoweverDeep) {
  struct Counter final : BlockingObserver {
    void BlockingBegins() noexcept override { ++begun; }
    void BlockingEnds() noexcept override { ++ended; }
    int begun = 0;
    int ended = 0;
  } counter;
  BlockingObserver::OfThisThread() = &counter;
  {
    const Blocking outer;
    const Blocking inner;
    EXPECT_EQ(counter.begun, 1);
  }
  EXPECT_EQ(counter.ended, 1);
  { const Blocking again; }
  EXPECT_EQ(counter.begun, 2);
  EXPECT_EQ(counter.ended, 2);
  BlockingObserver::OfThisThread() = nullptr;
}

}  // namespace
}  // namespace kmaas::http
