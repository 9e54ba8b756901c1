// JSON strings: whatever goes in, what comes out is valid JSON of one line.
#include "base/json_text.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace kmaas {
namespace {

std::string Json(std::string_view text) {
  std::string out;
  AppendJsonString(out, text);
  return out;
}

TEST(JsonText, QuotesPlainText) { EXPECT_EQ(Json("alias/a b"), R"("alias/a b")"); }

TEST(JsonText, EscapesWhatWouldEndTheStringOrTheLine) {
  EXPECT_EQ(Json("\"\\\n\r\t"), R"("\"\\\n\r\t")");
  EXPECT_EQ(Json(std::string_view("\0\x1f\x7f", 3)), R"("\u0000\u001f\u007f")");
}

TEST(JsonText, EscapesControlsBeyondAscii) {
  EXPECT_EQ(Json("a\xc2\x9b[31m"), R"("a\u009b[31m")");
  EXPECT_EQ(Json("\xc2\x80\xc2\x85\xc2\xa0"), "\"\\u0080\\u0085\xc2\xa0\"");
  EXPECT_EQ(Json("\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa"), "\"\\u2028\\u2029\xe2\x80\xaa\"");
}

TEST(JsonText, KeepsUtf8AndReplacesWhatIsNot) {
  EXPECT_EQ(Json("\xc3\xa9\xf0\x9f\x94\x91"), "\"\xc3\xa9\xf0\x9f\x94\x91\"");
  EXPECT_EQ(Json("a\xffz"), "\"a\xef\xbf\xbdz\"");
  EXPECT_EQ(Json("\xc3"), "\"\xef\xbf\xbd\"");
}

TEST(JsonText, IsUtf8WithoutControlsForEveryPairOfBytes) {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second)};
      const std::string json = Json(text);
      ASSERT_TRUE(IsUtf8(json)) << HexEncode(AsBytes(text));
      for (const char c : json) ASSERT_GE(static_cast<unsigned char>(c), 0x20U);
    }
  }
}

}  // namespace
}  // namespace kmaas
