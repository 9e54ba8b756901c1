// Time-based one-time passwords: RFC 6238 over RFC 4226, SHA-1, steps of 30 seconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"

namespace kmaas::identity {

inline constexpr std::chrono::seconds kTotpStep{30};
inline constexpr unsigned kTotpDigits = 6;

std::uint64_t TotpStepAt(WallTime time);
// The code of one step, with leading zeros.
std::string TotpCode(ByteView seed, std::uint64_t step, unsigned digits = kTotpDigits);

// RFC 4648 section 6, without padding: how an authenticator app takes a seed.
std::string Base32Encode(ByteView bytes);

}  // namespace kmaas::identity
