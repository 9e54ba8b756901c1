// Ed25519 and Ed25519ph (RFC 8032), over libsodium, which keeps no copy of a key; docs/decisions
// has why it is not OpenSSL.
#pragma once

#include "base/bytes.h"
#include "base/secret_bytes.h"

namespace kmaas::crypto {

inline constexpr std::size_t kEd25519SeedBytes = 32;  // what RFC 8032 calls the private key
inline constexpr std::size_t kEd25519PublicBytes = 32;
inline constexpr std::size_t kEd25519SignatureBytes = 64;

// A private key as it is used: seed ‖ public key.
SecretBytes Ed25519KeyFromSeed(ByteView seed);
Bytes Ed25519PublicKey(ByteView key);

// `key` is one of Ed25519KeyFromSeed. Both take the message; Ed25519ph hashes it itself and has an
// empty context.
Bytes Ed25519Sign(ByteView key, ByteView message);
Bytes Ed25519phSign(ByteView key, ByteView message);

// False for whatever is malformed, too, and for public keys of small order.
[[nodiscard]] bool Ed25519Verify(ByteView public_key, ByteView message, ByteView signature);
[[nodiscard]] bool Ed25519phVerify(ByteView public_key, ByteView message, ByteView signature);

}  // namespace kmaas::crypto
