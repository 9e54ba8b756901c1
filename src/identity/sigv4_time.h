// The dates of SigV4: ISO 8601 basic format, and the HTTP date that a client may send instead.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace kmaas::identity {

// A point in time and its spelling in a string to sign: "20150830T123600Z".
struct SigningTime {
  WallTime at;
  std::array<char, 16> text;

  std::string_view view() const { return {text.data(), text.size()}; }
  std::string_view day() const { return view().substr(0, 8); }
};

// Strict: exactly YYYYMMDD'T'HHMMSS'Z', and a date that exists.
std::optional<SigningTime> ParseBasicTime(std::string_view text);
// RFC 9110 section 5.6.7, the preferred form only: "Sun, 30 Aug 2015 12:36:00 GMT".
std::optional<SigningTime> ParseHttpDate(std::string_view text);

}  // namespace kmaas::identity
