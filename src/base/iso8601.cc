#include "base/iso8601.h"

#include <charconv>
#include <chrono>

namespace kmaas {
namespace {

bool TakeNumber(std::string_view text, std::size_t start, std::size_t size, int& number) {
  const char* const end = text.data() + start + size;
  const auto [stopped, error] = std::from_chars(text.data() + start, end, number);
  return error == std::errc() && stopped == end;
}

}  // namespace

std::optional<WallTime> ParseIso8601(std::string_view text) {
  constexpr std::string_view kForm = "2026-11-24T12:00:00Z";
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (text.size() != kForm.size() || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
      text[13] != ':' || text[16] != ':' || text[19] != 'Z')
    return std::nullopt;
  if (!TakeNumber(text, 0, 4, year) || !TakeNumber(text, 5, 2, month) ||
      !TakeNumber(text, 8, 2, day) || !TakeNumber(text, 11, 2, hour) ||
      !TakeNumber(text, 14, 2, minute) || !TakeNumber(text, 17, 2, second))
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
    return std::nullopt;
  // WallTime ends in 2262, long before the years of four digits do.
  using std::chrono::seconds;
  constexpr auto kFirst = std::chrono::ceil<seconds>(WallTime::min());
  constexpr auto kLast = std::chrono::floor<seconds>(WallTime::max());
  const std::chrono::sys_seconds time = std::chrono::sys_days(date) + std::chrono::hours(hour) +
                                        std::chrono::minutes(minute) + seconds(second);
  if (time < kFirst || time > kLast) return std::nullopt;
  return time;
}

}  // namespace kmaas
