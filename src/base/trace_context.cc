#include "base/trace_context.h"

#include <algorithm>

namespace kmaas {
namespace {

// Section 3.2.2: version-trace_id-parent_id-flags, "00-" 32 digits "-" 16 digits "-" 2 digits.
constexpr std::size_t kTraceAt = 3;
constexpr std::size_t kTraceDigits = 32;
constexpr std::size_t kParentAt = 36;
constexpr std::size_t kParentDigits = 16;
constexpr std::size_t kFlagsAt = 53;
constexpr std::size_t kSize = 55;
// Later versions may have more behind it; nobody needs a long one.
constexpr std::size_t kBytesMax = 512;

bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsId(std::string_view text) {
  return IsHex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

bool IsWellFormed(std::string_view value) {
  if (value.size() < kSize || value.size() > kBytesMax) return false;
  const std::string_view version = value.substr(0, 2);
  if (!IsHex(version) || version == "ff") return false;
  if (version == "00" && value.size() != kSize) return false;
  if (value.size() > kSize && value[kSize] != '-') return false;
  return value[kTraceAt - 1] == '-' && value[kParentAt - 1] == '-' && value[kFlagsAt - 1] == '-' &&
         IsId(value.substr(kTraceAt, kTraceDigits)) &&
         IsId(value.substr(kParentAt, kParentDigits)) && IsHex(value.substr(kFlagsAt, 2));
}

}  // namespace

void TraceparentReader::Add(std::string_view value) {
  ++values_;
  if (IsWellFormed(value)) trace_id_ = value.substr(kTraceAt, kTraceDigits);
}

}  // namespace kmaas
