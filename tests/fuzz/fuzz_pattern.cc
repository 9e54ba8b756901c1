// Patterns of the annotations: the first line is the expression, the rest the text. A text matches
// when each of its characters does, and joining two that match gives one that matches.
#include <cstdlib>

#include "base/encoding.h"
#include "core/pattern.h"

namespace {

std::size_t LengthOfFirst(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xc0U) == 0x80U)
    ++length;
  return length;
}

// Of a character in UTF-8, by counting: each continuation byte has six bits.
std::uint32_t CodePoint(std::string_view character) {
  std::uint32_t value = static_cast<unsigned char>(character.front());
  for (std::size_t i = 1; i < character.size(); ++i)
    value = value * 64 + static_cast<unsigned char>(character[i]) % 64;
  constexpr std::uint32_t kLeadBits[] = {0, 0xc0U << 6U, 0xe0U << 12U, 0xf0U << 18U};
  return value - kLeadBits[character.size() - 1];
}

kmaas::core::Pattern Only(std::uint32_t code_point) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string expression = "[\\u";
  for (unsigned shift = 16; shift != 0; shift -= 4)
    expression.push_back(kDigits[code_point >> (shift - 4U) & 15U]);
  return *kmaas::core::Pattern::Compile(expression + "]+");
}

void RequireThatCodePointsAreRead(std::string_view text) {
  const std::string_view character = text.substr(0, LengthOfFirst(text));
  const std::uint32_t code_point = CodePoint(character);
  if (code_point > 0xffff) return;  // more than four digits
  if (!Only(code_point).Matches(character) || Only(code_point ^ 1U).Matches(character))
    std::abort();
}

bool EachCharacterMatches(const kmaas::core::Pattern& pattern, std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = LengthOfFirst(text);
    if (!pattern.Matches(text.substr(0, length))) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = input.find('\n');
  const std::string_view expression = input.substr(0, line);
  const auto pattern = kmaas::core::Pattern::Compile(expression);
  if (!pattern) return 0;
  const bool star = expression.ends_with("*") || expression.ends_with("*$");
  if (pattern->Matches("") != star) std::abort();
  const std::string text(line == std::string_view::npos ? "" : input.substr(line + 1));
  const bool matches = pattern->Matches(text);
  if (text.empty() || !kmaas::IsUtf8(text)) return 0;
  RequireThatCodePointsAreRead(text);
  if (matches != EachCharacterMatches(*pattern, text)) std::abort();
  if (matches != pattern->Matches(text + text)) std::abort();
  return 0;
}
