// What a backup says of itself in clear: signed, and bound to everything behind it.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "crypto/digest.h"
#include "ports/crypto_engine.h"
#include "ports/store_head.h"

namespace kmaas::backup {

struct Header {
  std::string id;       // UUID
  std::string created;  // ISO 8601: every change that was acknowledged before is in the backup
  std::string program;  // version of kmaas
  std::string region;
  std::string token_label;
  std::string token_serial;
  ports::StoreHead head;  // of the database in it
  std::uint64_t accounts = 0;
  std::uint64_t keys = 0;         // in all states
  std::uint64_t seal_number = 0;  // the newest seal of the audit trail at that time; 0: none
  crypto::Sha256Digest seal_hash{};
  Bytes audit_public_key;  // DER SubjectPublicKeyInfo: who signed
  Bytes wrapped_key;       // RFC 5649

  bool operator==(const Header&) const = default;
};

inline constexpr std::string_view kMagic = "KMAASBK1";
inline constexpr std::size_t kHeaderBytesMax = 16'384;

// The header alone, without magic number and size.
Bytes EncodeHeader(const Header& header);
// Strict: all of `bytes`, and nothing that EncodeHeader would not write.
Result<Header> ParseHeader(ByteView bytes);

// The key that the backup's own key is wrapped under: the token makes it, whichever holds the same
// seal key. 32 bytes.
Result<SecretBytes> WrappingKey(ports::CryptoEngine& engine, const std::string& id,
                                Deadline deadline);
// kValidation when the token is not the one that the backup was made for.
Result<SecretBytes> OpenKey(ports::CryptoEngine& engine, const Header& header, Deadline deadline);

// What the audit key signs; `content` is the SHA-256 of all that stands before the signature.
crypto::Sha256Digest SignedDigest(const crypto::Sha256Digest& content);

}  // namespace kmaas::backup
