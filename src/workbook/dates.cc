#include "workbook/dates.h"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace kmaas::workbook {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t kSecondsOfDay = 86'400;
constexpr std::int64_t kFalseDay = 60;  // 29 February 1900
constexpr sys_days kBefore1900{std::chrono::year{1899} / 12 / 31};
constexpr sys_days kStart1904{std::chrono::year{1904} / 1 / 1};
constexpr sys_days kLast{std::chrono::year{9999} / 12 / 31};

std::optional<int> Number(std::string_view text) {
  int number = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + (digit - '0');
  }
  return number;
}

std::optional<std::chrono::seconds> ParseTime(std::string_view text) {
  if (text.ends_with('Z')) text.remove_suffix(1);
  text = text.substr(0, text.find('.'));
  if ((text.size() != 5 && text.size() != 8) || text[2] != ':') return std::nullopt;
  const auto hours = Number(text.substr(0, 2));
  const auto minutes = Number(text.substr(3, 2));
  const auto seconds = text.size() == 8 ? Number(text.substr(6)) : 0;
  if (text.size() == 8 && text[5] != ':') return std::nullopt;
  if (!hours || !minutes || !seconds || *hours > 23 || *minutes > 59 || *seconds > 59) {
    return std::nullopt;
  }
  return std::chrono::seconds{*hours * 3600 + *minutes * 60 + *seconds};
}

}  // namespace

std::optional<DateTime> FromSerial(double serial, Epoch epoch) {
  if (!(serial >= 0 && serial < 3'000'000)) return std::nullopt;
  const auto seconds = static_cast<std::int64_t>(std::llround(serial * kSecondsOfDay));
  std::int64_t day = seconds / kSecondsOfDay;
  if (epoch == Epoch::k1900) {
    if (day == 0 || day == kFalseDay) return std::nullopt;
    if (day > kFalseDay) --day;
  }
  const sys_days date = (epoch == Epoch::k1900 ? kBefore1900 : kStart1904) + days{day};
  if (date > kLast) return std::nullopt;
  return DateTime{year_month_day{date}, std::chrono::seconds{seconds % kSecondsOfDay}};
}

std::optional<double> ToSerial(const DateTime& date, Epoch epoch) {
  if (!date.day.ok() || date.time.count() < 0 || date.time.count() >= kSecondsOfDay) {
    return std::nullopt;
  }
  const sys_days day{date.day};
  std::int64_t number = (day - (epoch == Epoch::k1900 ? kBefore1900 : kStart1904)).count();
  if (number < (epoch == Epoch::k1900 ? 1 : 0) || day > kLast) return std::nullopt;
  if (epoch == Epoch::k1900 && number >= kFalseDay) ++number;
  return static_cast<double>(number) +
         static_cast<double>(date.time.count()) / static_cast<double>(kSecondsOfDay);
}

std::optional<DateTime> ParseIsoDate(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = Number(text.substr(0, 4));
  const auto month = Number(text.substr(5, 2));
  const auto day = Number(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const year_month_day date{std::chrono::year{*year},
                            std::chrono::month{static_cast<unsigned>(*month)},
                            std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  if (text.size() == 10) return DateTime{date};
  const auto time = ParseTime(text.substr(11));
  if (text[10] != 'T' || !time) return std::nullopt;
  return DateTime{date, *time};
}

std::string ToText(const DateTime& date) {
  char text[40];
  const auto seconds = date.time.count();
  int size =
      std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.day.year()),
                    static_cast<unsigned>(date.day.month()), static_cast<unsigned>(date.day.day()));
  if (seconds != 0) {
    size += std::snprintf(text + size, sizeof text - static_cast<std::size_t>(size),
                          "T%02d:%02d:%02d", static_cast<int>(seconds / 3600),
                          static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  }
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace kmaas::workbook
