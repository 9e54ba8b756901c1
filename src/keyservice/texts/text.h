// A sentence in both languages of the key service. One without a translation does not compile.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace kmaas::keyservice {

enum class Language { kNl, kEn };

// "{0}" to "{9}" stand for arguments, which read alike in both languages: names, numbers, codes.
class Text {
 public:
  // Does not compile for an empty text, nor for two that use different arguments: a throw is no
  // constant expression.
  consteval Text(const char* nl, const char* en) : nl_(nl), en_(en) {
    if (nl_.empty() || en_.empty()) throw "a text is missing in one language";
    for (char digit = '0'; digit <= '9'; ++digit) {
      if (Uses(nl_, digit) != Uses(en_, digit)) throw "the languages use different arguments";
    }
  }
  constexpr std::string_view In(Language language) const {
    return language == Language::kNl ? nl_ : en_;
  }

 private:
  static constexpr bool Uses(std::string_view text, char digit) {
    for (std::size_t i = 0; i + 2 < text.size(); ++i) {
      if (text[i] == '{' && text[i + 1] == digit && text[i + 2] == '}') return true;
    }
    return false;
  }
  std::string_view nl_;
  std::string_view en_;
};

// The text with its arguments in their places. Braces in arguments stay what they are; a place
// without an argument stays empty.
std::string Fill(const Text& text, Language language, std::span<const std::string> arguments);

}  // namespace kmaas::keyservice
