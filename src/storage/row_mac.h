// The MAC that every row carries: whoever edits the database file without the key is noticed.
#pragma once

#include <memory>
#include <string_view>

#include "base/secret_bytes.h"
#include "crypto/digest.h"

namespace kmaas::storage {

// HMAC-SHA-256 over a domain label, the table, the row key and the value, each length-prefixed, so
// that a row copied to another key or table does not match there. Movable; thread-safe after
// construction. That a row is absent, or old, a row's MAC cannot say: the leaf directory does.
class RowMac {
 public:
  // `key`: 32 bytes, derived from the HSM's integrity key; wiped when the RowMac goes.
  explicit RowMac(SecretBytes key);

  crypto::Sha256Digest Tag(std::string_view table, std::string_view key,
                           std::string_view value) const;
  // Constant time in the tag.
  [[nodiscard]] bool Matches(std::string_view table, std::string_view key, std::string_view value,
                             ByteView tag) const;
  // As databases without a head record have it. Another label, so that such a database cannot be
  // made of one that has a head.
  [[nodiscard]] bool MatchesWithoutHead(std::string_view table, std::string_view key,
                                        std::string_view value, ByteView tag) const;
  // A key for another purpose, 32 bytes; `label` is no label of a row.
  SecretBytes DeriveKey(std::string_view label) const;

 private:
  std::unique_ptr<crypto::HmacSha256Key> keyed_;
};

}  // namespace kmaas::storage
