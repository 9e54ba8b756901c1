// Text with wildcards, matched against bytes.
#pragma once

#include <string>
#include <string_view>

namespace kmaas::policy {

// Wildcards stand in a pattern as bytes that UTF-8 does not have, so that a '*' which is meant
// literally can stand beside one that is not.
inline constexpr char kMany = '\xff';  // any number of characters, none too
inline constexpr char kOne = '\xfe';   // one character: a whole UTF-8 sequence

bool HasMarks(std::string_view text);

// '*' and '?' become marks.
std::string MarkWildcards(std::string_view text);

// In about the time of the pattern plus that of the text; with '?' between two '*', of both
// multiplied and divided by 64.
bool GlobMatches(std::string_view pattern, std::string_view text);

// The same, for patterns that are known beforehand.
class Glob {
 public:
  explicit Glob(std::string pattern);

  bool Matches(std::string_view text) const;
  const std::string& pattern() const { return pattern_; }
  bool is_literal() const { return kind_ == Kind::kLiteral; }

 private:
  enum class Kind { kLiteral, kPrefix, kGeneral };
  std::string pattern_;
  Kind kind_ = Kind::kGeneral;
};

}  // namespace kmaas::policy
