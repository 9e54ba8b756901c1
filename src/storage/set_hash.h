// The keyed hash of a set of rows: whoever sees the rows and their MACs, but lacks the key, cannot
// find another set that hashes alike.
#pragma once

#include <memory>
#include <string_view>

#include "crypto/digest.h"
#include "storage/row_mac.h"
#include "storage/row_tag.h"
#include "storage/set_sum.h"

namespace kmaas::storage {

// 128 bits of an HMAC: what the head record keeps of a table.
using TableDigest = std::array<std::uint8_t, 16>;

// MSet-Add-Hash of Clarke, Devadas, van Dijk, Gassend and Suh (Asiacrypt 2003), section 5: the sum
// of HMACs of the members modulo 2^256. A member is a row's MAC, which binds table, key and value.
// Its keys are derived from that of the row MAC. Movable; thread-safe after construction.
class SetHash {
 public:
  explicit SetHash(const RowMac& mac);

  SetSum Term(ByteView row_mac) const;
  // Of all rows of a table. Equal states have equal digests; nothing else shows.
  TableDigest OfTable(std::string_view table, const SetState& state) const;
  // Of the key of a row, for RowTag.
  std::uint32_t KeyTag(std::string_view key) const;
  // Of a head record, for those outside the store who remember it.
  crypto::Sha256Digest OfHead(ByteView record) const;

 private:
  std::unique_ptr<crypto::HmacSha256Key> terms_;
  std::unique_ptr<crypto::HmacSha256Key> heads_;
  std::uint64_t key_seed_ = 0;  // secret, so that nobody chooses keys that share a tag
};

}  // namespace kmaas::storage
