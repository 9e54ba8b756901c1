// Numbers, dates and booleans of conditions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kmaas::policy {

// whole + nanos / 10^9, with 0 <= nanos < 10^9: exact, so that no two different numbers that this
// can hold compare equal. Instants are seconds since 1970-01-01.
struct FixedPoint {
  std::int64_t whole = 0;
  std::int32_t nanos = 0;

  bool operator==(const FixedPoint&) const = default;
  bool operator<(const FixedPoint& other) const {
    return whole != other.whole ? whole < other.whole : nanos < other.nanos;
  }
};

// Optional sign, 1 to 18 digits, and perhaps a point and 1 to 9 digits. No exponents.
std::optional<FixedPoint> ParseNumber(std::string_view text);

// W3C's profile of ISO 8601 - YYYY-MM, YYYY-MM-DD, or that with Thh:mm, seconds and a fraction as
// one likes, and Z or an offset - or seconds since the epoch. Digits alone are seconds, never a
// year. A time without a zone is none.
std::optional<FixedPoint> ParseInstant(std::string_view text);

std::optional<bool> ParseBool(std::string_view text);  // "true", "false" in any case

}  // namespace kmaas::policy
