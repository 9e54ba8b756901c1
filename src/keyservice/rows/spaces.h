// Spaces as people type them, those that do not break lines among them.
#pragma once

#include <array>
#include <string_view>

namespace kmaas::keyservice {

// UTF-8 of spaces: ASCII's, no-break, figure, thin, em and narrow ones, ideographic.
inline constexpr std::array<std::string_view, 10> kSpaces = {
    " ", "\t", "\n", "\r", "\u00a0", "\u2007", "\u2009", "\u202f", "\u2003", "\u3000"};

// Bytes of the space at the beginning; 0 where there is none.
constexpr std::size_t LeadingSpace(std::string_view text) {
  for (const std::string_view one : kSpaces) {
    if (text.starts_with(one)) return one.size();
  }
  return 0;
}

constexpr std::string_view Trimmed(std::string_view text) {
  while (const std::size_t size = LeadingSpace(text)) text.remove_prefix(size);
  for (std::size_t i = 0; i < kSpaces.size();) {
    const bool ends = text.ends_with(kSpaces[i]);
    if (ends) text.remove_suffix(kSpaces[i].size());
    i = ends ? 0 : i + 1;
  }
  return text;
}

}  // namespace kmaas::keyservice
