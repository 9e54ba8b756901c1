// AES-256-GCM (NIST SP 800-38D) and HKDF-Expand (RFC 5869 section 2.3) with SHA-256.
#pragma once

#include <array>

#include "base/bytes.h"
#include "base/secret_bytes.h"

namespace kmaas::crypto {

inline constexpr std::size_t kAesKeyBytes = 32;
inline constexpr std::size_t kGcmNonceBytes = 12;
inline constexpr std::size_t kGcmTagBytes = 16;

// What a GCM operation is done under. The caller owes nonce uniqueness per key.
struct GcmInput {
  ByteView key;    // 32 bytes
  ByteView nonce;  // 12 bytes
  ByteView associated_data;
};

// Appends ciphertext and tag to `out`.
void GcmSeal(const GcmInput& input, ByteView plaintext, Bytes& out);
// `sealed` is ciphertext and tag. False, and `plaintext` wiped, when anything does not match.
[[nodiscard]] bool GcmOpen(const GcmInput& input, ByteView sealed, SecretBytes& plaintext);

// size at most 255 * 32. `key` must be uniformly random (no extract step).
SecretBytes HkdfExpand(ByteView key, ByteView info, std::size_t size);

// From OpenSSL's CSPRNG in this process; small amounts from a reserve of the calling thread, in
// locked memory, whose bytes are wiped as they are handed out. Not for use after fork(). Key
// material of custody `wrapped` and `resident` never comes from here.
void ProcessRandom(MutableByteView out);

}  // namespace kmaas::crypto
