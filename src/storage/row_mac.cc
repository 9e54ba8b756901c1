#include "storage/row_mac.h"

namespace kmaas::storage {
namespace {

constexpr std::string_view kLabel = "kmaas row mac v1";

}  // namespace

RowMac::RowMac(SecretBytes key) : keyed_(std::make_unique<crypto::HmacSha256Key>(key.view())) {}

crypto::Sha256Digest RowMac::Tag(std::string_view table, std::string_view key,
                                 std::string_view value) const {
  // One buffer per thread: rows are public, so it need not be wiped.
  static thread_local Bytes covered;
  covered.clear();
  AppendField(covered, kLabel);
  AppendField(covered, table);
  AppendField(covered, key);
  AppendField(covered, value);
  return keyed_->Tag(covered);
}

bool RowMac::Matches(std::string_view table, const ports::Row& row, ByteView tag) const {
  return crypto::ConstantTimeEqual(tag, Tag(table, row.key, row.value));
}

}  // namespace kmaas::storage
