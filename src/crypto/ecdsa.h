// ECDSA on P-256 with SHA-256 (FIPS 186-5): verification only, signatures are made in the token.
#pragma once

#include <array>

#include "base/bytes.h"

namespace kmaas::crypto {

inline constexpr std::size_t kP256PointBytes = 65;  // uncompressed: 0x04 ‖ x ‖ y
inline constexpr std::size_t kP256SignatureBytes = 64;

// The DER SubjectPublicKeyInfo (RFC 5480) of an uncompressed P-256 point.
Bytes P256SubjectPublicKeyInfo(ByteView point);

// `public_key` is a DER SubjectPublicKeyInfo, `signature` r‖s. False for anything malformed, too.
[[nodiscard]] bool VerifyP256(ByteView public_key, const std::array<std::uint8_t, 32>& digest,
                              ByteView signature);

}  // namespace kmaas::crypto
