#include "base/json_text.h"

#include "base/encoding.h"

namespace kmaas {
namespace {

void AppendCode(std::string& out, unsigned char byte) {
  constexpr char kDigits[] = "0123456789abcdef";
  out += "\\u00";
  out.push_back(kDigits[byte >> 4U]);
  out.push_back(kDigits[byte & 15U]);
}

void AppendEscaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x20 && byte != 0x7f) {
    out.push_back(c);
    return;
  }
  AppendCode(out, byte);
}

// One character beyond ASCII. U+0080 to U+009F begin a terminal's commands, and some readers of
// lines also end one at U+0085, U+2028 and U+2029.
void AppendCharacter(std::string& out, std::string_view character) {
  if (character == "\xe2\x80\xa8") {
    out += "\\u2028";
  } else if (character == "\xe2\x80\xa9") {
    out += "\\u2029";
  } else if (character < "\xc2\xa0") {
    AppendCode(out, static_cast<unsigned char>(character[1]));
  } else {
    out += character;
  }
}

// How many bytes of ASCII stand at the start that need no escape: nearly always all.
std::size_t PlainPrefix(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size()) {
    const auto byte = static_cast<unsigned char>(text[length]);
    if (byte < 0x20 || byte >= 0x7f || byte == '"' || byte == '\\') break;
    ++length;
  }
  return length;
}

// Longest prefix of at most four bytes that is one UTF-8 character, or 0.
std::size_t CharacterLength(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
    if (IsUtf8(text.substr(0, length))) return length;
  }
  return 0;
}

}  // namespace

void AppendJsonString(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const std::size_t plain = PlainPrefix(text);
    out.append(text.data(), plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    if (static_cast<unsigned char>(text.front()) < 0x80) {
      AppendEscaped(out, text.front());
      text.remove_prefix(1);
      continue;
    }
    const std::size_t length = CharacterLength(text);
    if (length == 0) {
      out += "\xef\xbf\xbd";
      text.remove_prefix(1);
    } else {
      AppendCharacter(out, text.substr(0, length));
      text.remove_prefix(length);
    }
  }
  out.push_back('"');
}

}  // namespace kmaas
