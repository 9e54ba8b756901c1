#include "frontends/http/response_text.h"

#include <array>
#include <charconv>
#include <ctime>

namespace kmaas::http {
namespace {

constexpr std::size_t kFixedHeadBytes = 160;  // status line and the server's own headers

std::string_view ReasonOf(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 417:
      return "Expectation Failed";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "";
  }
}

void AppendNumber(std::string& out, std::size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void AppendClean(std::string& out, std::string_view text) {
  const std::size_t start = out.size();
  out.append(text);
  for (std::size_t i = start; i < out.size(); ++i) {
    const auto byte = static_cast<unsigned char>(out[i]);
    if (byte < 0x20 || byte == 0x7f) out[i] = ' ';
  }
}

std::size_t SizeOf(const Response& response) {
  std::size_t size = kFixedHeadBytes + response.body.size();
  for (const Header& header : response.headers) {
    size += header.name.size() + header.value.size() + 4;
  }
  return size;
}

}  // namespace

std::string_view HttpDate(WallTime time) {
  struct Cached {
    std::time_t second = -1;
    std::array<char, 32> text{};
    std::size_t size = 0;
  };
  static thread_local Cached cached;
  const std::time_t second =
      std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  if (second != cached.second) {
    std::tm parts{};
    gmtime_r(&second, &parts);
    // The process never leaves the C locale, so these are the English names.
    cached.size =
        std::strftime(cached.text.data(), cached.text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    cached.second = second;
  }
  return {cached.text.data(), cached.size};
}

void AppendResponse(std::string& out, const Response& response, const ResponseFrame& frame) {
  out.reserve(out.size() + SizeOf(response));
  out.append("HTTP/1.1 ");
  AppendNumber(out, response.status);
  out.append(" ").append(ReasonOf(response.status)).append("\r\n");
  for (const Header& header : response.headers) {
    AppendClean(out, header.name);
    out.append(": ");
    AppendClean(out, header.value);
    out.append("\r\n");
  }
  out.append("Date: ").append(HttpDate(frame.now)).append("\r\n");
  if (response.status != 204 && response.status != 304) {
    out.append("Content-Length: ");
    AppendNumber(out, response.body.size());
    out.append("\r\n");
  }
  out.append(frame.keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
  if (!frame.without_body) out.append(response.body);
}

}  // namespace kmaas::http
