// The regular expressions of the service model that its annotations use: one character class,
// repeated.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kmaas::core {

// "[...]+" or "[...]*" with optional anchors; members are characters, ranges, \w, \d, \s and
// \uXXXX. Matches whole values.
class Pattern {
 public:
  // Nothing for an expression outside this form: the registry then refuses to start.
  static std::optional<Pattern> Compile(std::string_view expression);
  // `text` is UTF-8.
  bool Matches(std::string_view text) const;

 private:
  struct Range {
    char32_t first;
    char32_t last;
  };
  void AddClass(char letter);  // of \w, \d, \s
  bool Contains(char32_t character) const;

  std::vector<Range> ranges_;
  bool may_be_empty_ = false;
};

}  // namespace kmaas::core
