#include "traffic/rate.h"

#include <algorithm>

namespace kmaas::traffic {
namespace {

constexpr double kNanosPerSecond = 1e9;
constexpr double kOnceADay = 1.0 / 86'400;
constexpr double kNanosMax = 4e18;  // what the time points below it may still be added to
constexpr double kPerSecondMax = 1e9;

}  // namespace

Rate PerSecond(double rate, double burst) {
  const double interval = kNanosPerSecond / std::clamp(rate, kOnceADay, kPerSecondMax);
  const double depth = std::min(interval * std::max(burst, 1.0), kNanosMax);
  return {std::chrono::nanoseconds(static_cast<std::int64_t>(interval)),
          std::chrono::nanoseconds(static_cast<std::int64_t>(depth))};
}

}  // namespace kmaas::traffic
