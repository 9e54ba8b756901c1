// Randomness and identifiers as a port, so that tests can name them.
#pragma once

#include <array>
#include <string>

#include "base/bytes.h"

namespace kmaas::ports {

// Thread-safe, never fails, cryptographically strong in production (the process's CSPRNG). For
// nonces and identifiers; key material comes from the CryptoEngine.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  virtual void Fill(MutableByteView out) = 0;

  // A random UUID, version 4, lower case (RFC 4122 section 4.4).
  std::string Uuid();
};

}  // namespace kmaas::ports
