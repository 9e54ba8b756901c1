#include "core/pattern.h"

#include <algorithm>

namespace kmaas::core {
namespace {

// A character, or the letter of a class of them.
struct Member {
  char32_t character = 0;
  char escape = 0;
};

std::optional<char32_t> FourHexDigits(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  char32_t value = 0;
  for (char c : text.substr(0, 4)) {
    const auto digit = std::string_view("0123456789abcdef")
                           .find(static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c));
    if (digit == std::string_view::npos) return std::nullopt;
    value = value * 16 + static_cast<char32_t>(digit);
  }
  return value;
}

// Takes one member off the front of a character class.
std::optional<Member> TakeMember(std::string_view& rest) {
  if (rest.empty()) return std::nullopt;
  const char first = rest.front();
  rest.remove_prefix(1);
  if (first != '\\') return Member{static_cast<unsigned char>(first)};
  if (rest.empty()) return std::nullopt;
  const char escaped = rest.front();
  rest.remove_prefix(1);
  if (escaped == 'w' || escaped == 'd' || escaped == 's') return Member{0, escaped};
  if (escaped != 'u') return Member{static_cast<unsigned char>(escaped)};
  const auto value = FourHexDigits(rest);
  if (!value) return std::nullopt;
  rest.remove_prefix(4);
  return Member{*value};
}

// Decodes one character; the text is known to be UTF-8.
char32_t TakeCharacter(std::string_view& text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned first = byte(0);
  std::size_t length = 1;
  char32_t value = first;
  if (first >= 0xf0) {
    length = 4;
    value = first & 0x07U;
  } else if (first >= 0xe0) {
    length = 3;
    value = first & 0x0fU;
  } else if (first >= 0xc0) {
    length = 2;
    value = first & 0x1fU;
  }
  for (std::size_t i = 1; i < length; ++i) value = value << 6U | (byte(i) & 0x3fU);
  text.remove_prefix(std::min(length, text.size()));
  return value;
}

}  // namespace

std::optional<Pattern> Pattern::Compile(std::string_view expression) {
  if (expression.starts_with('^')) expression.remove_prefix(1);
  if (expression.ends_with('$')) expression.remove_suffix(1);
  if (expression.size() < 4 || expression.front() != '[') return std::nullopt;
  Pattern pattern;
  pattern.may_be_empty_ = expression.back() == '*';
  if (expression.back() != '*' && expression.back() != '+') return std::nullopt;
  if (expression[expression.size() - 2] != ']') return std::nullopt;
  std::string_view rest = expression.substr(1, expression.size() - 3);
  while (!rest.empty()) {
    const auto member = TakeMember(rest);
    if (!member) return std::nullopt;
    if (member->escape != 0) {
      pattern.AddClass(member->escape);
      continue;
    }
    Range range{member->character, member->character};
    if (rest.size() >= 2 && rest.front() == '-') {
      std::string_view after = rest.substr(1);
      const auto last = TakeMember(after);
      // A dash that starts no ascending range is itself, as in [a-zA-Z0-9-_.].
      if (last && last->escape == 0 && last->character >= range.first &&
          pattern.ranges_.size() < 64) {
        range.last = last->character;
        rest = after;
      }
    }
    pattern.ranges_.push_back(range);
  }
  return pattern;
}

void Pattern::AddClass(char letter) {
  if (letter == 's') {
    ranges_.insert(ranges_.end(), {{U'\t', U'\r'}, {U' ', U' '}});
    return;
  }
  ranges_.push_back({U'0', U'9'});
  if (letter == 'w') ranges_.insert(ranges_.end(), {{U'a', U'z'}, {U'A', U'Z'}, {U'_', U'_'}});
}

bool Pattern::Contains(char32_t character) const {
  return std::any_of(ranges_.begin(), ranges_.end(),
                     [&](const Range& r) { return character >= r.first && character <= r.last; });
}

bool Pattern::Matches(std::string_view text) const {
  if (text.empty()) return may_be_empty_;
  while (!text.empty()) {
    if (!Contains(TakeCharacter(text))) return false;
  }
  return true;
}

}  // namespace kmaas::core
