#include "policy/scalar.h"

#include <gtest/gtest.h>

namespace kmaas::policy {
namespace {

constexpr std::int64_t kJune30 = 1372550400;  // 2013-06-30T00:00:00Z

TEST(Number, IsExact) {
  EXPECT_EQ(ParseNumber("7"), (FixedPoint{7, 0}));
  EXPECT_EQ(ParseNumber("+007.50"), (FixedPoint{7, 500'000'000}));
  EXPECT_EQ(ParseNumber("-1.5"), (FixedPoint{-2, 500'000'000}));
  EXPECT_EQ(ParseNumber("-0.0"), (FixedPoint{0, 0}));
  EXPECT_EQ(ParseNumber("-3"), (FixedPoint{-3, 0}));
  EXPECT_LT(ParseNumber("-1.5"), ParseNumber("-1.25"));
  EXPECT_LT(ParseNumber("900719925474099299.1"), ParseNumber("900719925474099299.2"));
}

TEST(Number, IsNothingElse) {
  for (const char* text :
       {"", "-", "+", ".", "1.", ".5", "1e3", "0x10", " 1", "1 ", "--1", "+-1", "1,5", "1.2.3",
        "nan", "1234567890123456789", "0.1234567890", "\u0661"}) {
    EXPECT_FALSE(ParseNumber(text)) << text;
  }
}

TEST(Instant, HasTheFormsOfTheProfile) {
  EXPECT_EQ(ParseInstant("2013-06-30T00:00:00Z"), (FixedPoint{kJune30, 0}));
  EXPECT_EQ(ParseInstant("2013-06-30"), (FixedPoint{kJune30, 0}));
  EXPECT_EQ(ParseInstant("2013-06"), (FixedPoint{kJune30 - 29 * 86400, 0}));
  EXPECT_EQ(ParseInstant("2013-06-30T02:00+02:00"), (FixedPoint{kJune30, 0}));
  EXPECT_EQ(ParseInstant("2013-06-29T22:30:00-01:30"), (FixedPoint{kJune30, 0}));
  EXPECT_EQ(ParseInstant("2013-06-30T00:00:01.25Z"), (FixedPoint{kJune30 + 1, 250'000'000}));
  EXPECT_EQ(ParseInstant("1372550400"), (FixedPoint{kJune30, 0}));
  EXPECT_EQ(ParseInstant("1969-12-31T23:59:59Z"), (FixedPoint{-1, 0}));
  EXPECT_EQ(ParseInstant("2024-02-29"), (FixedPoint{1709164800, 0}));
  EXPECT_EQ(ParseInstant("2013"), (FixedPoint{2013, 0}));
}

TEST(Instant, IsNothingElse) {
  for (const char* text : {"",
                           "today",
                           "2013-6-30",
                           "2013-13-01",
                           "2013-02-29",
                           "2013-00-10",
                           "2013-01-00",
                           "2013-06-30T",
                           "2013-06-30T00:00:00",
                           "2013-06-30 00:00:00Z",
                           "2013-06-30T24:00:00Z",
                           "2013-06-30T00:60:00Z",
                           "2013-06-30T00:00:60Z",
                           "2013-06T00:00Z",
                           "2013-06-30T00:00:00.Z",
                           "2013-06-30T00:00:00Z ",
                           "2013-06-30T00Z",
                           "2013-06-30T00:00:00z",
                           "2013-06-30T00:00+0200",
                           "20130630T000000Z"}) {
    EXPECT_FALSE(ParseInstant(text)) << text;
  }
}

TEST(Truth, HasNoCaseAndNoOtherWords) {
  EXPECT_EQ(ParseBool("true"), true);
  EXPECT_EQ(ParseBool("False"), false);
  for (const char* text : {"", "1", "0", "yes", "true ", "tru"})
    EXPECT_FALSE(ParseBool(text)) << text;
}

}  // namespace
}  // namespace kmaas::policy
