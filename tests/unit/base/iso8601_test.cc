// Goal: what is read is what was written, and nothing else is a time.
#include "base/iso8601.h"

#include <gtest/gtest.h>

namespace kmaas {
namespace {

TEST(Iso8601, ReadsWhatIsWritten) {
  for (const std::int64_t millis : {0L, 951'782'400'000L, 1'795'521'600'000L}) {
    const WallTime time{std::chrono::milliseconds(millis)};
    EXPECT_EQ(ParseIso8601(FormatIso8601(time)), time) << millis;
  }
}

TEST(Iso8601, RefusesOtherForms) {
  for (const char* text : {"", "2026-11-24", "2026-11-24T12:00:00", "2026-11-24 12:00:00Z",
                           "2026-11-24T12:00:00z", "2026-11-24T1a:00:00Z", "2026-02-30T12:00:00Z",
                           "2026-13-01T12:00:00Z", "+026-11-24T12:00:00Z"})
    EXPECT_FALSE(ParseIso8601(text)) << text;
}

TEST(Iso8601, RefusesHoursThatADayHasNot) {
  for (const char* text : {"2026-11-24T24:00:00Z", "2026-11-24T12:60:00Z", "2026-11-24T12:00:61Z",
                           "2026-11-24T-1:00:00Z"})
    EXPECT_FALSE(ParseIso8601(text)) << text;
}

TEST(Iso8601, ReadsUpToTheEndsOfWallTimeAndNothingBeyond) {
  for (const char* text : {"1677-09-21T00:12:44Z", "2262-04-11T23:47:16Z"})
    EXPECT_EQ(FormatIso8601(ParseIso8601(text).value()), text);
  for (const char* text : {"0001-01-01T00:00:00Z", "1677-09-21T00:12:43Z", "2262-04-11T23:47:17Z",
                           "9999-12-31T23:59:59Z"})
    EXPECT_FALSE(ParseIso8601(text)) << text;
}

}  // namespace
}  // namespace kmaas
