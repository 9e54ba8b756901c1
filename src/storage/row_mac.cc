#include "storage/row_mac.h"

namespace kmaas::storage {
namespace {

constexpr std::string_view kLabel = "kmaas row mac v2";
constexpr std::string_view kLabelWithoutHead = "kmaas row mac v1";

crypto::Sha256Digest TagOf(const crypto::HmacSha256Key& key, std::string_view label,
                           std::string_view table, std::string_view row_key,
                           std::string_view value) {
  // One buffer per thread: rows are public, so it need not be wiped.
  static thread_local Bytes covered;
  covered.clear();
  AppendField(covered, label);
  AppendField(covered, table);
  AppendField(covered, row_key);
  AppendField(covered, value);
  return key.Tag(covered);
}

}  // namespace

RowMac::RowMac(SecretBytes key) : keyed_(std::make_unique<crypto::HmacSha256Key>(key.view())) {}

crypto::Sha256Digest RowMac::Tag(std::string_view table, std::string_view key,
                                 std::string_view value) const {
  return TagOf(*keyed_, kLabel, table, key, value);
}

bool RowMac::Matches(std::string_view table, std::string_view key, std::string_view value,
                     ByteView tag) const {
  return crypto::ConstantTimeEqual(tag, Tag(table, key, value));
}

bool RowMac::MatchesWithoutHead(std::string_view table, std::string_view key,
                                std::string_view value, ByteView tag) const {
  return crypto::ConstantTimeEqual(tag, TagOf(*keyed_, kLabelWithoutHead, table, key, value));
}

SecretBytes RowMac::DeriveKey(std::string_view label) const {
  Bytes covered;
  AppendField(covered, label);
  crypto::Sha256Digest derived = keyed_->Tag(covered);
  SecretBytes key{ByteView(derived)};
  WipeMemory(derived);
  return key;
}

}  // namespace kmaas::storage
