// Shamir's secret sharing (Communications of the ACM 22(11), 1979), byte by byte over GF(2^8) with
// the polynomial of AES (FIPS 197 section 4.2).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/secret_bytes.h"

namespace kmaas::crypto {

inline constexpr unsigned kSharesMax = 255;  // as many places as there are but zero

// `shares` of them, as long as the secret, the first one for place 1; any `threshold` of them give
// the secret back, and fewer say nothing about it. 1 <= threshold <= shares <= 255. Time depends on
// these numbers and the length alone. The randomness is the process's own.
std::vector<SecretBytes> SplitSecret(ByteView secret, unsigned threshold, unsigned shares);

struct SharePoint {
  std::uint8_t place = 0;
  ByteView value;
};

// What the polynomial through these points is at zero. Places are distinct and not zero, values
// equally long. Whether it is the secret nobody can tell who has only this: see custodian shares.
SecretBytes CombineShares(std::span<const SharePoint> points);

}  // namespace kmaas::crypto
