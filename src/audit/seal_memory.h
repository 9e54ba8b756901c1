// What remembers, away from the trail, how far its seals went: whoever removes the newest records
// together with their seals leaves a trail that is whole by itself.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "crypto/digest.h"

namespace kmaas::audit {

// One seal: its number and SealLineHash.
struct SealMark {
  std::uint64_t number = 0;
  crypto::Sha256Digest hash{};

  bool operator==(const SealMark&) const = default;
};

// Called by one thread at a time. What it says must be as hard to change as what it protects: the
// store's rows are (docs/integrity.md).
class SealMemory {
 public:
  virtual ~SealMemory() = default;
  virtual Result<std::optional<SealMark>> Remembered() = 0;  // none: nothing was ever sealed
  virtual Result<void> Remember(const SealMark& newest) = 0;

 protected:
  SealMemory() = default;
};

}  // namespace kmaas::audit
