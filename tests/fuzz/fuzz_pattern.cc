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
  if (matches != EachCharacterMatches(*pattern, text)) std::abort();
  if (matches != pattern->Matches(text + text)) std::abort();
  return 0;
}
