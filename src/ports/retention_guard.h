// Who still needs records of the trail before they may be removed.
#pragma once

#include <cstdint>

namespace kmaas::ports {

// Thread-safe.
class RetentionGuard {
 public:
  virtual ~RetentionGuard() = default;
  // The lowest sequence number that has not been delivered everywhere; UINT64_MAX when nobody waits
  // for anything.
  virtual std::uint64_t LowestNeeded() const = 0;
};

}  // namespace kmaas::ports
