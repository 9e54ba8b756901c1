#include "app/https_get.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kmaas::app {
namespace {

using testing::HasSubstr;

std::string WhatIsWrongWith(const std::string& answer) {
  const auto body = BodyOf(answer, {.url = "https://idp.example/keys", .ca_file = "ca.pem"});
  return body ? "" : body.error().message;
}

TEST(HttpsGetAnswer, IsItsBody) {
  for (const char* const head : {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nA: b\r\n\r\n",
                                 "HTTP/1.0 200\r\ncontent-length:2\r\n\r\n"}) {
    const auto body = BodyOf(std::string(head) + "{}", {});
    ASSERT_TRUE(body) << body.error().message;
    EXPECT_EQ(*body, "{}");
  }
}

TEST(HttpsGetAnswer, IsRefusedWithWhatIsWrongWithIt) {
  EXPECT_THAT(WhatIsWrongWith("HTTP/1.1 200 OK\r\nContent-Le"), HasSubstr("no whole answer"));
  EXPECT_THAT(WhatIsWrongWith("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}"),
              HasSubstr("another status"));
  EXPECT_THAT(WhatIsWrongWith("HTTP/1.1 200 OK\r\n\r\n{}"), HasSubstr("how long it is"));
  EXPECT_THAT(WhatIsWrongWith("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}"),
              HasSubstr("another length"));
  EXPECT_THAT(WhatIsWrongWith(""), HasSubstr("https://idp.example/keys: "));
}

}  // namespace
}  // namespace kmaas::app
