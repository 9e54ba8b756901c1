#include "frontends/aws_http/client_deadline.h"

#include <algorithm>
#include <charconv>

namespace kmaas::aws_http {
namespace {

constexpr std::string_view kTtl = "ttl=";
constexpr std::size_t kTimeLength = 16;  // 20261124T120000Z

std::optional<int> Digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  const char* begin = text.data() + at;
  const bool digits =
      std::all_of(begin, begin + count, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || std::from_chars(begin, begin + count, value).ec != std::errc())
    return std::nullopt;
  return value;
}

std::optional<std::chrono::sys_seconds> TimeOf(std::string_view text) {
  if (text.size() != kTimeLength || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const auto year = Digits(text, 0, 4);
  const auto month = Digits(text, 4, 2);
  const auto day = Digits(text, 6, 2);
  const auto hour = Digits(text, 9, 2);
  const auto minute = Digits(text, 11, 2);
  const auto second = Digits(text, 13, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

}  // namespace

std::optional<std::chrono::seconds> ClientPatience(std::string_view sdk_request,
                                                   std::string_view amz_date) {
  const std::size_t at = sdk_request.find(kTtl);
  if (at == std::string_view::npos) return std::nullopt;
  const auto gives_up = TimeOf(sdk_request.substr(at + kTtl.size(), kTimeLength));
  const auto signed_at = TimeOf(amz_date);
  if (!gives_up || !signed_at) return std::nullopt;
  constexpr std::chrono::seconds kCut{1};
  return std::max(*gives_up - *signed_at + kCut, kCut);
}

}  // namespace kmaas::aws_http
