// Takes a line of a trail or of its seals apart, which have one spelling only.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/encoding.h"
#include "crypto/digest.h"

namespace kmaas::audit {

// Every function takes what it names off the front, or answers false and is of no further use.
class LineScanner {
 public:
  explicit LineScanner(std::string_view line) : rest_(line) {}

  bool Skip(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  // Decimal, without leading zeros.
  bool Number(std::uint64_t& number) {
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    const auto digits = static_cast<std::size_t>(end - rest_.data());
    if (error != std::errc() || (digits > 1 && rest_.front() == '0')) return false;
    rest_.remove_prefix(digits);
    return true;
  }
  // Lower-case hexadecimal, two digits for each byte of `out`.
  bool Hex(MutableByteView out) {
    const std::string_view text = rest_.substr(0, out.size() * 2);
    const auto is_upper = [](char c) { return c >= 'A' && c <= 'F'; };
    const std::optional<Bytes> bytes = HexDecode(text);
    if (!bytes || bytes->size() != out.size() || std::any_of(text.begin(), text.end(), is_upper))
      return false;
    std::copy(bytes->begin(), bytes->end(), out.begin());
    rest_.remove_prefix(text.size());
    return true;
  }
  // Up to the next quote.
  bool Text(std::string_view& text) {
    text = rest_.substr(0, rest_.find('"'));
    rest_.remove_prefix(text.size());
    return !rest_.empty();
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace kmaas::audit
