#include "siem/transport/http_answer.h"

#include <simdjson.h>

#include <charconv>
#include <string_view>

#include "base/ascii_case.h"

namespace kmaas::siem {
namespace {

constexpr std::size_t kHeadBytesMax = std::size_t{16} << 10U;
// A collector says a line of JSON. Whoever says more, without end perhaps, gets no memory for it.
constexpr std::size_t kAnswerBytesMax = std::size_t{256} << 10U;

template <class N>
bool ToNumber(std::string_view text, N& number, int base) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() && end == text.data() + text.size();
}

// The value of a header, in lower case; `head` is, and ends with the end of its last line.
std::string_view HeaderOf(std::string_view head, std::string_view name) {
  const std::string wanted = "\r\n" + std::string(name) + ":";
  const std::size_t at = head.find(wanted);
  if (at == std::string_view::npos) return {};
  std::string_view value = head.substr(at + wanted.size());
  value = value.substr(0, value.find("\r\n"));
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  return value;
}

// "http/1.1 200 ok" and a line break; `head` is in lower case. Not there: no answer of HTTP/1.x.
bool ReadStatus(std::string_view head, int& status) {
  if (!head.starts_with("http/1.0 ") && !head.starts_with("http/1.1 ")) return false;
  head.remove_prefix(std::string_view("http/1.1 ").size());
  const bool ends = head.size() > 3 && (head[3] == ' ' || head[3] == '\r');
  return ends && head[0] != '-' && ToNumber(head.substr(0, 3), status, 10);
}

HttpProgress ReadChunks(std::string_view rest, std::string& body) {
  for (;;) {
    const std::size_t end = rest.find("\r\n");
    if (end == std::string_view::npos) return HttpProgress::kMore;
    std::size_t size = 0;
    if (!ToNumber(rest.substr(0, std::min(end, rest.find(';'))), size, 16) ||
        size > kAnswerBytesMax)
      return HttpProgress::kBad;
    rest.remove_prefix(end + 2);
    if (size == 0) {  // trailers are not asked for
      if (rest.size() < 2) return HttpProgress::kMore;
      return rest == "\r\n" ? HttpProgress::kWhole : HttpProgress::kBad;
    }
    if (rest.size() < size + 2) return HttpProgress::kMore;
    if (rest.substr(size, 2) != "\r\n") return HttpProgress::kBad;
    body += rest.substr(0, size);
    rest.remove_prefix(size + 2);
  }
}

}  // namespace

HttpProgress ReadHttpAnswer(const std::string& bytes, HttpAnswer& answer) {
  if (bytes.size() > kAnswerBytesMax) return HttpProgress::kBad;
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string::npos)
    return bytes.size() > kHeadBytesMax ? HttpProgress::kBad : HttpProgress::kMore;
  const std::string head = LowerAscii(bytes.substr(0, end + 2));
  const std::string_view rest = std::string_view(bytes).substr(end + 4);
  answer = {};
  if (!ReadStatus(head, answer.status)) return HttpProgress::kBad;
  answer.keeps_open = HeaderOf(head, "connection") != "close" && head.starts_with("http/1.1");
  if (HeaderOf(head, "transfer-encoding") == "chunked") return ReadChunks(rest, answer.body);
  std::size_t size = 0;
  if (!ToNumber(HeaderOf(head, "content-length"), size, 10)) return HttpProgress::kBad;
  if (rest.size() < size) return HttpProgress::kMore;
  answer.body = std::string(rest);
  return rest.size() == size ? HttpProgress::kWhole : HttpProgress::kBad;
}

bool AcceptsEvents(const HttpAnswer& answer) {
  simdjson::dom::parser parser;
  std::int64_t code = -1;
  return answer.status == 200 && parser.parse(answer.body)["code"].get(code) == simdjson::SUCCESS &&
         code == 0;
}

}  // namespace kmaas::siem
