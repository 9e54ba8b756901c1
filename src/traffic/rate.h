// How often something may happen: a token bucket, as two spans of time.
#pragma once

#include <chrono>
#include <cstdint>

namespace kmaas::traffic {

// So much comes into the bucket in a second, and so much it holds. The bucket is kept as the time
// at which it is full again (GCRA, ITU-T I.371), so that it is one number and has no timer.
struct Rate {
  std::chrono::nanoseconds interval{0};  // in which one comes in; zero: there is no limit
  std::chrono::nanoseconds depth{0};     // in which an empty bucket is full again

  bool limited() const { return interval.count() > 0; }
  bool operator==(const Rate&) const = default;
};

// `burst` is at least one. A rate of zero or less lets nothing through but the burst, of which one
// comes back a day.
Rate PerSecond(double rate, double burst);

}  // namespace kmaas::traffic
