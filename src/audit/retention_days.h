// For how long records are kept, by their class.
#pragma once

#include <chrono>

namespace kmaas::audit {

// Zero: for ever.
struct RetentionDays {
  std::chrono::days management{0};
  std::chrono::days cryptography{0};  // uses of keys on data
  std::chrono::days service{0};       // what the service did itself
  bool operator==(const RetentionDays&) const = default;
};

}  // namespace kmaas::audit
