// Ed25519ph (RFC 8032 section 5.1), which OpenSSL has from version 3.2 on only.
#pragma once

#include <array>

#include "base/bytes.h"
#include "base/secret_bytes.h"

namespace kmaas::crypto {

inline constexpr std::size_t kEd25519KeyBytes = 32;
inline constexpr std::size_t kEd25519SignatureBytes = 64;

// Of the message, whose SHA-512 is made here; with an empty context.
std::array<std::uint8_t, kEd25519SignatureBytes> SignEd25519Prehash(ByteView seed,
                                                                    ByteView message);
// `public_key` are the 32 bytes of the point. False for anything malformed, too.
[[nodiscard]] bool VerifyEd25519Prehash(ByteView public_key, ByteView message, ByteView signature);

}  // namespace kmaas::crypto
