// When a call has waited too long to be worth beginning.
#pragma once

#include <atomic>
#include <chrono>

#include "base/clock.h"

namespace kmaas::grpc_front {

// Thread-safe. A queue that is short now and then takes up bursts, whose calls may wait for half a
// second. One that has not been for as long stands: everybody in it waits in vain for what came
// before him, so whoever has waited for more than a twentieth of a second is refused, at the price
// of a look, and what is served is served in time. After N. Maurer, B. Maurer, "Fail at Scale", ACM
// Queue 13 (8), 2015 (controlled delay).
class QueueDelay {
 public:
  static constexpr std::chrono::milliseconds kShort{50};
  static constexpr std::chrono::milliseconds kBurst{500};

  bool IsTooLong(SteadyTime::duration waited, SteadyTime now) {
    if (waited <= kShort) {
      last_short_.store(now.time_since_epoch(), std::memory_order_relaxed);
      return false;
    }
    const bool stands =
        now.time_since_epoch() - last_short_.load(std::memory_order_relaxed) > kBurst;
    return stands || waited > kBurst;
  }

 private:
  std::atomic<SteadyTime::duration> last_short_{SteadyTime::duration::min() / 2};
};

}  // namespace kmaas::grpc_front
