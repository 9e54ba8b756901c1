// The head of a response, and names compared without case.
#include "frontends/http/response_text.h"

#include <gtest/gtest.h>

namespace kmaas::http {
namespace {

const WallTime kNoon = FromEpochMillis(1'795'521'600'999);  // 2026-11-24T12:00:00.999Z

std::string Text(const Response& response, bool keep_alive = true, bool without_body = false) {
  std::string out;
  AppendResponse(out, response, {kNoon, keep_alive, without_body});
  return out;
}

TEST(ResponseText, CarriesDateLengthAndConnection) {
  EXPECT_EQ(Text({200, {{"X-Id", "1"}}, "body"}),
            "HTTP/1.1 200 OK\r\nX-Id: 1\r\nDate: Tue, 24 Nov 2026 12:00:00 GMT\r\n"
            "Content-Length: 4\r\nConnection: keep-alive\r\n\r\nbody");
  EXPECT_EQ(Text({413, {}, ""}, false),
            "HTTP/1.1 413 Content Too Large\r\nDate: Tue, 24 Nov 2026 12:00:00 GMT\r\n"
            "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST(ResponseText, AnswersHeadWithTheLengthOnly) {
  const std::string text = Text({200, {}, "body"}, true, true);
  EXPECT_NE(text.find("Content-Length: 4\r\n"), std::string::npos);
  EXPECT_EQ(text.substr(text.size() - 4), "\r\n\r\n");
}

TEST(ResponseText, HasNoLengthWhereNoneIsAllowed) {
  EXPECT_EQ(Text({204, {}, ""}).find("Content-Length"), std::string::npos);
}

TEST(ResponseText, LetsNoValueBeginAnotherHeader) {
  const std::string text = Text({200, {{"A\r\nB", "1\r\nSet-Cookie: x\n\x7f"}}, ""});
  EXPECT_EQ(text.find("\r\nSet-Cookie"), std::string::npos);
  EXPECT_NE(text.find("A  B: 1  Set-Cookie: x  \r\n"), std::string::npos);
}

TEST(HttpDate, FollowsTheSecond) {
  EXPECT_EQ(HttpDate(kNoon), "Tue, 24 Nov 2026 12:00:00 GMT");
  EXPECT_EQ(HttpDate(kNoon + std::chrono::milliseconds(1)), "Tue, 24 Nov 2026 12:00:01 GMT");
  EXPECT_EQ(HttpDate(FromEpochMillis(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(EqualsIgnoringCase, ComparesAsciiLettersOnly) {
  EXPECT_TRUE(EqualsIgnoringCase("X-Amz-Date", "x-aMZ-dATE"));
  EXPECT_FALSE(EqualsIgnoringCase("a", "ab"));
  EXPECT_FALSE(EqualsIgnoringCase("[", "{"));
}

}  // namespace
}  // namespace kmaas::http
