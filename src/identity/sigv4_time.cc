#include "identity/sigv4_time.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace kmaas::identity {
namespace {

constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view kWeekdays = "SunMonTueWedThuFriSat";

// A clock that serves AWS clients shows a time between these; beyond year 2262 WallTime overflows.
constexpr unsigned kFirstYear = 1970;
constexpr unsigned kLastYear = 2200;

struct Parts {
  unsigned year, month, day, hour, minute, second;
};

// The number that the digits spell; nothing when one is not a digit.
std::optional<unsigned> Digits(std::string_view text) {
  unsigned value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value;
}

// The place of a three-letter name in a row of such names, from 0.
std::optional<unsigned> NameIndex(std::string_view names, std::string_view name) {
  const std::size_t at = names.find(name);
  if (name.size() != 3 || at == std::string_view::npos || at % 3 != 0) return std::nullopt;
  return static_cast<unsigned>(at / 3);
}

std::optional<WallTime> TimeOf(const Parts& parts) {
  if (parts.year < kFirstYear || parts.year > kLastYear) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(parts.year)),
                                         std::chrono::month(parts.month),
                                         std::chrono::day(parts.day));
  if (!date.ok() || parts.hour > 23 || parts.minute > 59 || parts.second > 59) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(parts.hour) +
         std::chrono::minutes(parts.minute) + std::chrono::seconds(parts.second);
}

}  // namespace

std::optional<SigningTime> ParseBasicTime(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const auto date = Digits(text.substr(0, 8));
  const auto time = Digits(text.substr(9, 6));
  if (!date || !time) return std::nullopt;
  const auto at = TimeOf({*date / 10000, *date / 100 % 100, *date % 100, *time / 10000,
                          *time / 100 % 100, *time % 100});
  if (!at) return std::nullopt;
  SigningTime result{*at, {}};
  std::copy(text.begin(), text.end(), result.text.begin());
  return result;
}

std::optional<SigningTime> ParseHttpDate(std::string_view text) {
  // "Sun, 30 Aug 2015 12:36:00 GMT": columns 0, 5, 8, 12, 17, 20, 23.
  if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ' ||
      text[16] != ' ' || text[19] != ':' || text[22] != ':' || text.substr(25) != " GMT") {
    return std::nullopt;
  }
  const auto month = NameIndex(kMonths, text.substr(8, 3));
  const auto day = Digits(text.substr(5, 2));
  const auto year = Digits(text.substr(12, 4));
  const auto hour = Digits(text.substr(17, 2));
  const auto minute = Digits(text.substr(20, 2));
  const auto second = Digits(text.substr(23, 2));
  if (!NameIndex(kWeekdays, text.substr(0, 3)) || !month || !day || !year || !hour || !minute ||
      !second) {
    return std::nullopt;
  }
  const auto at = TimeOf({*year, *month + 1, *day, *hour, *minute, *second});
  if (!at) return std::nullopt;
  return ParseBasicTime(FormatIso8601Basic(*at));
}

}  // namespace kmaas::identity
