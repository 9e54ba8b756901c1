// From AWS's text of an enumerator back to it: the inverse of ToText.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace kmaas::domain {

// How many enumerators Enum has, counted from 0; said beside each enumeration by its last one.
template <class Enum>
inline constexpr std::size_t kCount = 0;

template <class Enum>
constexpr std::size_t CountTo(Enum last) {
  return static_cast<std::size_t>(last) + 1;
}

// Nothing for a text that is none of Enum's.
template <class Enum>
std::optional<Enum> FromText(std::string_view text) {
  static_assert(kCount<Enum> != 0);
  for (std::size_t i = 0; i < kCount<Enum>; ++i) {
    if (ToText(static_cast<Enum>(i)) == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace kmaas::domain
