// How the pages of SecretBytes are kept.
#pragma once

#include <cstdint>

namespace kmaas {

struct SecretMemoryCounters {
  std::uint64_t mapped_bytes = 0;    // now
  std::uint64_t unlocked_bytes = 0;  // of all that was ever mapped: could not be locked into RAM
  std::uint64_t dumped_bytes = 0;    // likewise: could not be kept out of core dumps
};

// Thread-safe.
SecretMemoryCounters CountersOfSecretMemory();

}  // namespace kmaas
