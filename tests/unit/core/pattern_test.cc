#include "core/pattern.h"

#include <gtest/gtest.h>

namespace kmaas::core {
namespace {

bool Matches(std::string_view expression, std::string_view text) {
  const auto pattern = Pattern::Compile(expression);
  EXPECT_TRUE(pattern.has_value()) << expression;
  return pattern && pattern->Matches(text);
}

TEST(Pattern, AcceptsTheAliasCharacters) {
  EXPECT_TRUE(Matches("^[a-zA-Z0-9:/_-]+$", "alias/a-Z_09:x"));
  EXPECT_FALSE(Matches("^[a-zA-Z0-9:/_-]+$", "alias/a b"));
  EXPECT_FALSE(Matches("^[a-zA-Z0-9:/_-]+$", ""));
}

TEST(Pattern, ReadsUnicodeEscapes) {
  EXPECT_TRUE(Matches("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", "\t\r\n {} \xc3\xbf"));
  EXPECT_FALSE(Matches("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", "\xc4\x80"));
  EXPECT_FALSE(Matches("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", std::string_view("a\0b", 3)));
}

TEST(Pattern, ReadsWordCharacters) {
  EXPECT_TRUE(Matches("[\\w]+", "default_1"));
  EXPECT_FALSE(Matches("[\\w]+", "de-fault"));
}

TEST(Pattern, ReadsBlanks) {
  EXPECT_TRUE(Matches("^[a-zA-Z0-9:/_\\s.-]+$", "key of 2026-01:\tone/two.\r\n"));
  EXPECT_FALSE(Matches("^[a-zA-Z0-9:/_\\s.-]+$", "50%"));
  EXPECT_FALSE(Matches("^[a-zA-Z0-9:/_\\s.-]+$", "back\\slash"));
}

TEST(Pattern, TakesADashThatStartsNoRangeAsItself) {
  EXPECT_TRUE(Matches("^[a-zA-Z0-9-_.]+$", "a-b_c.d"));
  EXPECT_FALSE(Matches("^[a-zA-Z0-9-_.]+$", "a/b"));
}

TEST(Pattern, LetsAStarBeEmpty) { EXPECT_TRUE(Matches("[\\u0020-\\u00FF]*", "")); }

TEST(Pattern, RefusesExpressionsOfAnotherForm) {
  for (const char* expression : {"abc", "[a-z]", "(a|b)+", "[a-z]{2}", "^$", "[\\u00]+", ""}) {
    EXPECT_FALSE(Pattern::Compile(expression).has_value()) << expression;
  }
}

}  // namespace
}  // namespace kmaas::core
