#include "base/clock.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace kmaas {
namespace {

std::string Format(WallTime time, const char* format) {
  const std::time_t seconds =
      std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), format, &parts);
  return {text.data(), length};
}

}  // namespace

std::int64_t ToEpochMillis(WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}
WallTime FromEpochMillis(std::int64_t millis) {
  using Millis = std::chrono::milliseconds;
  constexpr auto kMin = std::chrono::duration_cast<Millis>(WallTime::duration::min());
  constexpr auto kMax = std::chrono::duration_cast<Millis>(WallTime::duration::max());
  return WallTime(std::clamp(Millis(millis), kMin, kMax));
}
double ToEpochSeconds(WallTime time) { return static_cast<double>(ToEpochMillis(time)) / 1000.0; }
std::string FormatIso8601(WallTime time) { return Format(time, "%Y-%m-%dT%H:%M:%SZ"); }
std::string FormatIso8601Basic(WallTime time) { return Format(time, "%Y%m%dT%H%M%SZ"); }

}  // namespace kmaas
