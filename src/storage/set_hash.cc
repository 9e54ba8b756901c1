#include "storage/set_hash.h"

#include <algorithm>

namespace kmaas::storage {
namespace {

constexpr std::string_view kTermLabel = "kmaas store set v1";
constexpr std::string_view kHeadLabel = "kmaas store head v1";
constexpr std::string_view kKeyTagLabel = "kmaas store key tag v1";
constexpr std::string_view kTableTag = "table";
constexpr std::string_view kRecordTag = "record";

std::unique_ptr<crypto::HmacSha256Key> KeyFor(const RowMac& mac, std::string_view label) {
  const SecretBytes key = mac.DeriveKey(label);
  return std::make_unique<crypto::HmacSha256Key>(key.view());
}

}  // namespace

SetHash::SetHash(const RowMac& mac)
    : terms_(KeyFor(mac, kTermLabel)), heads_(KeyFor(mac, kHeadLabel)) {
  const SecretBytes seed = mac.DeriveKey(kKeyTagLabel);
  key_seed_ = ByteReader(seed.view()).U64();
}

// FNV-1a (draft-eastlake-fnv), from a secret start, folded: it is made for every row.
std::uint32_t SetHash::KeyTag(std::string_view key) const {
  constexpr std::uint64_t kPrime = 0x100000001b3;
  std::uint64_t state = key_seed_;
  for (const char byte : key) state = (state ^ static_cast<std::uint8_t>(byte)) * kPrime;
  return static_cast<std::uint32_t>(state ^ (state >> 32));
}

SetSum SetHash::Term(ByteView row_mac) const { return SetSum(terms_->Tag(row_mac)); }

TableDigest SetHash::OfTable(std::string_view table, const SetState& state) const {
  Bytes covered;
  AppendField(covered, kTableTag);
  AppendField(covered, table);
  AppendU64(covered, state.rows);
  state.sum.AppendTo(covered);
  const crypto::Sha256Digest tag = heads_->Tag(covered);
  WipeMemory(covered);
  TableDigest digest;
  std::copy_n(tag.begin(), digest.size(), digest.begin());
  return digest;
}

crypto::Sha256Digest SetHash::OfHead(ByteView record) const {
  Bytes covered;
  AppendField(covered, kRecordTag);
  AppendField(covered, record);
  return heads_->Tag(covered);
}

}  // namespace kmaas::storage
