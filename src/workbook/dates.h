// Dates as numbers of days: what a workbook stores.
#pragma once

#include <optional>
#include <string_view>

#include "workbook/value.h"

namespace kmaas::workbook {

enum class Epoch { k1900, k1904 };

// Nothing for 29 February 1900, which the system of 1900 counts as its day 60 though there was no
// such day, for day 0 and before, and beyond the year 9999. Rounds to seconds.
std::optional<DateTime> FromSerial(double serial, Epoch epoch);
// Nothing for what has no serial.
std::optional<double> ToSerial(const DateTime& date, Epoch epoch);
// 2026-11-23, 2026-11-23T09:30 and with seconds, fractions and Z, as cells of type d have it.
std::optional<DateTime> ParseIsoDate(std::string_view text);

}  // namespace kmaas::workbook
