#include "policy/scalar.h"

#include <chrono>

#include "base/ascii_case.h"

namespace kmaas::policy {
namespace {

constexpr std::size_t kWholeDigitsMax = 18;
constexpr std::size_t kFractionDigitsMax = 9;
constexpr std::int32_t kNanosPerWhole = 1'000'000'000;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Reads a text from its front.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool Done() const { return text_.empty(); }
  bool Take(char wanted) {
    if (text_.empty() || text_.front() != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }
  std::string_view TakeDigits() {
    std::size_t count = 0;
    while (count < text_.size() && IsDigit(text_[count])) ++count;
    const std::string_view digits = text_.substr(0, count);
    text_.remove_prefix(count);
    return digits;
  }
  // Exactly `count` digits.
  bool TakeNumber(std::size_t count, int& out) {
    if (text_.size() < count) return false;
    out = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!IsDigit(text_[i])) return false;
      out = out * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(count);
    return true;
  }
  // Nothing, or a point and 1 to 9 digits.
  bool TakeFraction(std::int32_t& nanos) {
    if (!Take('.')) return true;
    const std::string_view digits = TakeDigits();
    if (digits.empty() || digits.size() > kFractionDigitsMax) return false;
    for (std::size_t i = 0; i < kFractionDigitsMax; ++i)
      nanos = nanos * 10 + (i < digits.size() ? digits[i] - '0' : 0);
    return true;
  }

 private:
  std::string_view text_;
};

struct Civil {
  int year = 0;
  int month = 0;
  int day = 1;
};

std::optional<std::int64_t> EpochSeconds(const Civil& civil) {
  const std::chrono::year_month_day date{std::chrono::year(civil.year),
                                         std::chrono::month(static_cast<unsigned>(civil.month)),
                                         std::chrono::day(static_cast<unsigned>(civil.day))};
  if (!date.ok()) return std::nullopt;
  return std::int64_t{std::chrono::sys_days(date).time_since_epoch().count()} * 86400;
}

// "hh:mm", as seconds.
bool TakeHoursAndMinutes(Reader& reader, std::int64_t& seconds) {
  int hours = 0;
  int minutes = 0;
  if (!reader.TakeNumber(2, hours) || !reader.Take(':') || !reader.TakeNumber(2, minutes))
    return false;
  if (hours > 23 || minutes > 59) return false;
  seconds = hours * 3600 + minutes * 60;
  return true;
}

// "Z", "+hh:mm" or "-hh:mm", and nothing behind it.
bool TakeZone(Reader& reader, std::int64_t& offset) {
  offset = 0;
  if (reader.Take('Z')) return reader.Done();
  const bool east = reader.Take('+');
  if (!east && !reader.Take('-')) return false;
  if (!TakeHoursAndMinutes(reader, offset)) return false;
  if (!east) offset = -offset;
  return reader.Done();
}

// What follows the 'T'.
bool TakeTime(Reader& reader, FixedPoint& instant) {
  std::int64_t of_day = 0;
  std::int64_t offset = 0;
  int seconds = 0;
  if (!TakeHoursAndMinutes(reader, of_day)) return false;
  if (reader.Take(':') &&
      (!reader.TakeNumber(2, seconds) || seconds > 59 || !reader.TakeFraction(instant.nanos))) {
    return false;
  }
  if (!TakeZone(reader, offset)) return false;
  instant.whole += of_day + seconds - offset;
  return true;
}

std::optional<FixedPoint> ParseIso8601(std::string_view text) {
  Reader reader(text);
  Civil civil;
  if (!reader.TakeNumber(4, civil.year) || !reader.Take('-') || !reader.TakeNumber(2, civil.month))
    return std::nullopt;
  const bool has_day = reader.Take('-');
  if (has_day && !reader.TakeNumber(2, civil.day)) return std::nullopt;
  const auto midnight = EpochSeconds(civil);
  if (!midnight) return std::nullopt;
  FixedPoint instant{*midnight, 0};
  if (reader.Done()) return instant;
  if (!has_day || !reader.Take('T') || !TakeTime(reader, instant)) return std::nullopt;
  return instant;
}

}  // namespace

std::optional<FixedPoint> ParseNumber(std::string_view text) {
  Reader reader(text);
  const bool negative = reader.Take('-');
  if (!negative) (void)reader.Take('+');
  const std::string_view digits = reader.TakeDigits();
  if (digits.empty() || digits.size() > kWholeDigitsMax) return std::nullopt;
  FixedPoint number;
  for (const char digit : digits) number.whole = number.whole * 10 + (digit - '0');
  if (!reader.TakeFraction(number.nanos) || !reader.Done()) return std::nullopt;
  if (!negative) return number;
  if (number.nanos == 0) return FixedPoint{-number.whole, 0};
  return FixedPoint{-number.whole - 1, kNanosPerWhole - number.nanos};
}

std::optional<FixedPoint> ParseInstant(std::string_view text) {
  if (auto seconds = ParseNumber(text)) return seconds;
  return ParseIso8601(text);
}

std::optional<bool> ParseBool(std::string_view text) {
  if (EqualsIgnoringCase(text, "true")) return true;
  if (EqualsIgnoringCase(text, "false")) return false;
  return std::nullopt;
}

}  // namespace kmaas::policy
