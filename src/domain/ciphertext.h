// The ciphertext blob of symmetric CMKs: its header, and the byte strings that are authenticated.
// docs/ciphertext-format.md specifies it byte for byte.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "domain/ids.h"

namespace kmaas::domain {

using EncryptionContext =
    std::map<std::string, std::string>;  // sorted bytewise: the canonical order

// Number of pairs, then key and value of each, every one length-prefixed: two contexts never
// serialise alike. Fails with kValidation when the result would exceed
// limits::kEncryptionContextBytesMax.
Result<Bytes> CanonicalForm(const EncryptionContext& context);

// Scheme byte: how the message key comes about. Room is left for amortised schemes.
inline constexpr std::uint8_t kCiphertextVersion = 1;
inline constexpr std::uint8_t kSchemePerMessageHmac = 1;

struct CiphertextHeader {
  KeyId key_id;
  MaterialId material_id;
  std::array<std::uint8_t, 16> nonce{};
  std::array<std::uint8_t, 32> commitment{};
};

struct CiphertextBlob {
  CiphertextHeader header;
  Bytes sealed;  // AES-256-GCM ciphertext and tag
};

// version ‖ scheme ‖ flags ‖ key id ‖ material id ‖ nonce ‖ commitment: everything before the
// ciphertext.
inline constexpr std::size_t kCiphertextHeaderBytes = 1 + 1 + 1 + 16 + 32 + 16 + 32;

Bytes EncodeHeader(const CiphertextHeader& header);
// Nothing for anything that EncodeHeader followed by at least a tag could not have produced.
std::optional<CiphertextBlob> ParseCiphertext(ByteView blob);

// Input of the one HMAC in the HSM: counter ‖ label ‖ 0 ‖ nonce ‖ flags ‖ key id ‖ length (NIST SP
// 800-108r1 section 4.1).
Bytes MessageKeyInput(const CiphertextHeader& header);

}  // namespace kmaas::domain
