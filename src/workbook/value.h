// What a cell may be given: a text, a number, true or false, a date, or nothing.
#pragma once

#include <chrono>
#include <string>
#include <variant>

namespace kmaas::workbook {

// A day and, where a cell has one, a time of it; no zone.
struct DateTime {
  std::chrono::year_month_day day;
  std::chrono::seconds time{0};
  bool operator==(const DateTime&) const = default;
};
std::string ToText(const DateTime& date);  // 2026-11-23, or 2026-11-23T09:30:00

using Value = std::variant<std::monostate, std::string, double, bool, DateTime>;

// How a cell looks. Where a file is filled, what a style does not speak of stays as it is.
enum class Style { kNormal, kHeader, kRequired, kOptional, kError };

}  // namespace kmaas::workbook
