#include "siem/syslog_frame.h"

#include <algorithm>

namespace kmaas::siem {
namespace {

constexpr std::size_t kHostMax = 255;
constexpr std::size_t kAppNameMax = 48;
constexpr std::size_t kProcessIdMax = 128;
constexpr std::size_t kMessageIdMax = 32;

// Printable ASCII without blanks, or "-".
std::string Name(const std::string& text, std::size_t max) {
  std::string out;
  for (const char byte : text)
    if (byte > ' ' && byte < 0x7f && out.size() < max) out.push_back(byte);
  return out.empty() ? "-" : out;
}

void AppendParameter(std::string& out, std::string_view name, const std::string& value) {
  out.push_back(' ');
  out += name;
  out += "=\"";
  for (const char byte : value) {
    if (byte == '"' || byte == '\\' || byte == ']') out.push_back('\\');
    out.push_back(byte);
  }
  out.push_back('"');
}

// Warning, notice and informational.
std::uint32_t SeverityOf(const Message& message) {
  return message.denied ? 4 : message.failed ? 5 : 6;
}

}  // namespace

std::string ToSyslogFrame(const SyslogOrigin& origin, const Message& message) {
  std::string text =
      "<" + std::to_string(origin.facility * 8 + SeverityOf(message)) + ">1 " +
      FormatIso8601(message.time) + " " + Name(origin.host, kHostMax) + " " +
      Name(origin.app_name, kAppNameMax) + " " + Name(origin.process_id, kProcessIdMax) + " " +
      Name(message.name, kMessageIdMax) + " [kmaas@" + std::to_string(origin.enterprise);
  AppendParameter(text, "seq", std::to_string(message.sequence));
  AppendParameter(text, "eventId", message.event_id);
  text += "] ";
  text += message.body;
  return std::to_string(text.size()) + " " + text;
}

}  // namespace kmaas::siem
