// A thread that is about to wait says so, that another may do its work meanwhile.
#pragma once

#include <utility>

namespace kmaas {

// Of the threads of one pool: told when a thread of it begins and ends to wait for something other
// than the processor (a commit, the HSM, a turn). Both calls come from that very thread.
class BlockingObserver {
 public:
  virtual void BlockingBegins() noexcept = 0;
  virtual void BlockingEnds() noexcept = 0;

  // Who is told of the calling thread's waiting: nobody unless set. Borrowed.
  static BlockingObserver*& OfThisThread() noexcept {
    static thread_local BlockingObserver* observer = nullptr;
    return observer;
  }

 protected:
  BlockingObserver() = default;
  ~BlockingObserver() = default;
};

// The span of waiting. Movable, but ends on the thread that it began on. Spans nest: the outermost
// counts.
class Blocking {
 public:
  Blocking() noexcept : observer_(std::exchange(BlockingObserver::OfThisThread(), nullptr)) {
    if (observer_ != nullptr) observer_->BlockingBegins();
  }
  Blocking(Blocking&& other) noexcept : observer_(std::exchange(other.observer_, nullptr)) {}
  Blocking& operator=(Blocking&&) = delete;
  Blocking(const Blocking&) = delete;
  Blocking& operator=(const Blocking&) = delete;
  ~Blocking() {
    if (observer_ == nullptr) return;
    BlockingObserver::OfThisThread() = observer_;
    observer_->BlockingEnds();
  }

 private:
  BlockingObserver* observer_;
};

}  // namespace kmaas
