// The words of the value lists, in both languages; either is taken, whatever the request's own.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/ascii_case.h"
#include "keyservice/rows/request_row.h"

namespace kmaas::keyservice {

template <class Enum>
struct Word {
  Enum value;
  Text text;
};

std::span<const Word<Action>> ActionWords();
std::span<const Word<PersonalData>> PersonalDataWords();
std::span<const Word<Purpose>> PurposeWords();
std::span<const Word<Service>> ServiceWords();
std::span<const Word<Platform>> PlatformWords();
std::span<const Word<bool>> YesNoWords();

template <class Enum>
std::optional<Enum> FindWord(std::span<const Word<Enum>> words, std::string_view text) {
  for (const Word<Enum>& word : words) {
    if (EqualsIgnoringCase(word.text.In(Language::kNl), text) ||
        EqualsIgnoringCase(word.text.In(Language::kEn), text))
      return word.value;
  }
  return std::nullopt;
}

// The English word in lower case: for aliases, tags and JSON.
template <class Enum>
std::string Label(std::span<const Word<Enum>> words, Enum value) {
  for (const Word<Enum>& word : words) {
    if (word.value == value) return LowerAscii(word.text.In(Language::kEn));
  }
  return {};
}

// What the column Key spec offers.
std::span<const std::string_view> KeySpecNames();
// One of them, or what AWS calls it.
std::optional<domain::KeySpec> FindKeySpec(std::string_view text);

}  // namespace kmaas::keyservice
