#include "keyservice/rows/row_parser.h"

namespace kmaas::keyservice {
namespace {

std::optional<int> Digits(std::string_view text) {
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

std::string Padded(unsigned number, std::size_t width) {
  std::string text = std::to_string(number);
  return std::string(width > text.size() ? width - text.size() : 0, '0') + text;
}

}  // namespace

std::optional<Date> ParseDate(std::string_view text) {
  if (text.size() != 10) return std::nullopt;
  const bool iso = text[4] == '-' && text[7] == '-';
  const bool belgian = text[2] == '/' && text[5] == '/';
  if (!iso && !belgian) return std::nullopt;
  const auto year = Digits(iso ? text.substr(0, 4) : text.substr(6, 4));
  const auto month = Digits(iso ? text.substr(5, 2) : text.substr(3, 2));
  const auto day = Digits(iso ? text.substr(8, 2) : text.substr(0, 2));
  if (!year || !month || !day || *year < 1900) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return Date(date);
}

std::string DateText(Date date) {
  const std::chrono::year_month_day parts(date);
  return Padded(static_cast<unsigned>(static_cast<int>(parts.year())), 4) + "-" +
         Padded(static_cast<unsigned>(parts.month()), 2) + "-" +
         Padded(static_cast<unsigned>(parts.day()), 2);
}

}  // namespace kmaas::keyservice
