#include "base/encoding.h"

#include <array>

namespace kmaas {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";
constexpr char kBase64Letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kInvalid = 0xff;

constexpr std::array<std::uint8_t, 256> InverseBase64() {
  std::array<std::uint8_t, 256> table{};
  for (auto& entry : table) entry = kInvalid;
  for (std::uint8_t i = 0; i < 64; ++i) table[static_cast<std::uint8_t>(kBase64Letters[i])] = i;
  return table;
}
constexpr auto kBase64Values = InverseBase64();

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char Letter(std::uint32_t value) { return kBase64Letters[value & 63U]; }

// Length of the UTF-8 sequence at the start of `text`, or 0 when there is none. RFC 3629 section 4.
std::size_t Utf8SequenceLength(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0U;
  };
  const auto is_tail = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return is_tail(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned low = first == 0xe0 ? 0xa0 : 0x80;
    const unsigned high = first == 0xed ? 0x9f : 0xbf;
    return byte(1) >= low && byte(1) <= high && is_tail(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned low = first == 0xf0 ? 0x90 : 0x80;
    const unsigned high = first == 0xf4 ? 0x8f : 0xbf;
    return byte(1) >= low && byte(1) <= high && is_tail(2) && is_tail(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string HexEncode(ByteView bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (std::uint8_t byte : bytes) {
    text.push_back(kHexDigits[byte >> 4U]);
    text.push_back(kHexDigits[byte & 15U]);
  }
  return text;
}

std::optional<Bytes> HexDecode(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = HexValue(text[i]);
    const int low = HexValue(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return bytes;
}

void AppendBase64(std::string& out, ByteView bytes) {
  const std::size_t start = out.size();
  out.resize(start + (bytes.size() + 2) / 3 * 4, '=');
  char* to = out.data() + start;
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3, to += 4) {
    const std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16U |
                                static_cast<std::uint32_t>(bytes[i + 1]) << 8U | bytes[i + 2];
    to[0] = Letter(group >> 18U);
    to[1] = Letter(group >> 12U);
    to[2] = Letter(group >> 6U);
    to[3] = Letter(group);
  }
  const std::size_t rest = bytes.size() - i;
  if (rest == 0) return;
  const std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16U |
                              (rest == 2 ? static_cast<std::uint32_t>(bytes[i + 1]) << 8U : 0U);
  to[0] = Letter(group >> 18U);
  to[1] = Letter(group >> 12U);
  if (rest == 2) to[2] = Letter(group >> 6U);
}

std::string Base64Encode(ByteView bytes) {
  std::string text;
  AppendBase64(text, bytes);
  return text;
}

bool Base64Decode(std::string_view text, std::string& out) {
  out.clear();
  if (text.size() % 4 != 0) return false;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  const std::string_view digits = text.substr(0, text.size() - padding);
  out.resize(digits.size() * 3 / 4);
  char* to = out.data();
  std::uint32_t group = 0;
  std::uint32_t seen = 0;  // kInvalid is the only value above 63
  std::size_t i = 0;
  for (; i + 4 <= digits.size(); i += 4) {
    group = 0;
    for (std::size_t j = i; j < i + 4; ++j) {
      const std::uint32_t value = kBase64Values[static_cast<std::uint8_t>(digits[j])];
      seen |= value;
      group = group << 6U | (value & 63U);
    }
    for (unsigned shift : {16U, 8U, 0U}) *to++ = static_cast<char>(group >> shift & 0xffU);
  }
  group = 0;
  unsigned bits = 0;
  for (; i < digits.size(); ++i, bits += 6) {
    const std::uint32_t value = kBase64Values[static_cast<std::uint8_t>(digits[i])];
    seen |= value;
    group = group << 6U | (value & 63U);
  }
  for (; bits >= 8; bits -= 8) *to++ = static_cast<char>(group >> (bits - 8) & 0xffU);
  return seen < 64 && (group & ((1U << bits) - 1U)) == 0;
}

bool Base64UrlDecode(std::string_view text, std::string& out) {
  out.clear();
  if (text.find_first_of("+/=") != std::string_view::npos) return false;
  std::string plain(text);
  for (char& c : plain) c = c == '-' ? '+' : c == '_' ? '/' : c;
  plain.append((4 - plain.size() % 4) % 4, '=');
  return Base64Decode(plain, out);
}

std::string Base64UrlEncode(ByteView bytes) {
  std::string text = Base64Encode(bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Utf8SequenceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace kmaas
