// How many simulations run at a time.
#pragma once

#include <atomic>
#include <utility>

#include "base/result.h"

namespace kmaas::operations {

// Of one service; thread-safe. A simulation may compute for seconds, where any other call takes
// milliseconds: few at a time leave the other callers their threads.
class SimulationTurns {
 public:
  static constexpr int kAtATime = 2;

  // Given back when it goes; its SimulationTurns outlives it.
  class Turn {
   public:
    Turn(Turn&& other) noexcept : running_(std::exchange(other.running_, nullptr)) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (running_ != nullptr) --*running_;
    }

   private:
    friend class SimulationTurns;
    explicit Turn(std::atomic<int>& running) : running_(&running) {}
    std::atomic<int>* running_;
  };

  // kThrottling when all are taken: nobody waits.
  Result<Turn> Take();

 private:
  std::atomic<int> running_{0};
};

}  // namespace kmaas::operations
