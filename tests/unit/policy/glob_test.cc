#include "policy/glob.h"

#include <gtest/gtest.h>

#include <random>

namespace kmaas::policy {
namespace {

bool Matches(std::string_view pattern, std::string_view text) {
  const std::string marked = MarkWildcards(pattern);
  const bool matches = GlobMatches(marked, text);
  EXPECT_EQ(Glob(marked).Matches(text), matches) << pattern << " " << text;
  return matches;
}

// The definition, for ASCII: exponential, and for short texts only.
bool MatchesByDefinition(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    return MatchesByDefinition(pattern.substr(1), text) ||
           (!text.empty() && MatchesByDefinition(pattern, text.substr(1)));
  }
  if (text.empty() || (pattern.front() != '?' && pattern.front() != text.front())) return false;
  return MatchesByDefinition(pattern.substr(1), text.substr(1));
}

std::string RandomText(std::mt19937& random, std::string_view letters, std::size_t length_max) {
  std::string text(random() % (length_max + 1), ' ');
  for (char& c : text) c = letters[random() % letters.size()];
  return text;
}

TEST(GlobTest, IsItsDefinition) {
  std::mt19937 random(1);
  int matched = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::string pattern = RandomText(random, "ab*?", 8);
    const std::string text = RandomText(random, "ab", 10);
    const bool expected = MatchesByDefinition(pattern, text);
    matched += expected ? 1 : 0;
    ASSERT_EQ(Matches(pattern, text), expected) << pattern << " " << text;
  }
  EXPECT_GT(matched, 10'000);
}

// Long pieces with a '?' are looked for in another way than short ones.
TEST(GlobTest, LooksForLongPiecesAsForShortOnes) {
  std::mt19937 random(2);
  const auto text_of = [&](std::size_t characters, std::string_view letters) {
    std::string text;
    for (std::size_t i = 0; i < characters; ++i) {
      const char c = letters[random() % letters.size()];
      text += c == 'e' ? std::string("\u00e9") : std::string(1, c);
    }
    return text;
  };
  int matched = 0;
  for (int i = 0; i < 300; ++i) {
    const std::string text = text_of(300, "aaaaabe");
    std::string piece = text_of(90, "aaaaabe");
    if (i % 2 == 0) {  // taken from the text, with a '?' for some characters
      const std::size_t at = static_cast<std::size_t>(i) % 90;
      piece = text.substr(at, 150);
      while (!piece.empty() && (static_cast<unsigned char>(piece.front()) & 0xC0U) == 0x80U)
        piece.erase(0, 1);
      if (static_cast<unsigned char>(piece.back()) >= 0xC0U) piece.pop_back();
    }
    for (std::size_t k = i % 7; k < piece.size(); k += 11) {
      if (piece[k] == 'a' || piece[k] == 'b') piece[k] = '?';
    }
    if (piece.find('?') == std::string::npos) continue;
    const std::string marked = MarkWildcards(piece);
    bool expected = false;  // by definition: at some place, whatever follows
    for (std::size_t at = 0; at < text.size() && !expected; ++at)
      expected = GlobMatches(marked + kMany, std::string_view(text).substr(at));
    matched += expected ? 1 : 0;
    EXPECT_EQ(Matches("*" + piece + "*", text), expected) << piece << " " << text;
  }
  EXPECT_GT(matched, 100);
}

TEST(GlobTest, ComparesBytes) {
  EXPECT_TRUE(Matches("a%2e%2E/..", "a%2e%2E/.."));
  EXPECT_FALSE(Matches("a%2e", "a."));
  EXPECT_FALSE(Matches("A", "a"));
  EXPECT_FALSE(Matches("\u0430", "a"));  // a Cyrillic letter
  EXPECT_FALSE(Matches("x", std::string_view("x\0", 2)));
}

TEST(GlobTest, TakesAWholeCharacterForAQuestionMark) {
  EXPECT_TRUE(Matches("?", "\u00e9"));
  EXPECT_FALSE(Matches("??", "\u00e9"));
  EXPECT_TRUE(Matches("*?", "\u20ac"));
  EXPECT_TRUE(Matches("a?c*", "a\u20acc"));
  EXPECT_TRUE(Matches("*?c*", "a\u20acc"));
  EXPECT_FALSE(Matches("?*?", "\U0001F511"));
  EXPECT_TRUE(Matches("*\u00e9?", "\u00e9\u00e9\u00e9"));
}

TEST(GlobTest, LetsAMarkedWildcardStandBesideALiteralOne) {
  const std::string pattern = std::string("a*") + kMany;
  EXPECT_TRUE(GlobMatches(pattern, "a*b"));
  EXPECT_FALSE(GlobMatches(pattern, "abb"));
}

TEST(GlobTest, IsNotExponential) {
  std::string pattern;
  for (int i = 0; i < 2'000; ++i) pattern += "a*";
  EXPECT_FALSE(Matches(pattern + "b", std::string(8'000, 'a')));
  EXPECT_FALSE(Matches("*" + std::string(500, 'a') + "?b*", std::string(2'000, 'a')));
}

}  // namespace
}  // namespace kmaas::policy
