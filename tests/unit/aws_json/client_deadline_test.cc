#include "frontends/aws_http/client_deadline.h"

#include <gtest/gtest.h>

namespace kmaas::aws_http {
namespace {

using std::chrono::seconds;

TEST(ClientPatience, IsTheTimeFromTheSignatureToTheEnd) {
  EXPECT_EQ(ClientPatience("ttl=20261124T120003Z; attempt=1; max=3", "20261124T120000Z"),
            seconds(4));
  EXPECT_EQ(ClientPatience("attempt=2; max=3; ttl=20270101T000001Z", "20261231T235958Z"),
            seconds(4));
}

// Whoever's clock is slow is slow in both.
TEST(ClientPatience, DoesNotDependOnOurClock) {
  EXPECT_EQ(ClientPatience("ttl=19990101T000009Z", "19990101T000000Z"), seconds(10));
}

TEST(ClientPatience, IsASecondAtLeast) {
  EXPECT_EQ(ClientPatience("ttl=20261124T115900Z", "20261124T120000Z"), seconds(1));
}

TEST(ClientPatience, IsNotKnownFromAnythingElse) {
  for (const char* request :
       {"", "attempt=1; max=3", "ttl=", "ttl=20261124T120003", "ttl=tomorrow",
        "ttl=20261324T120003Z", "ttl=2026112xT120003Z", "ttl=-0261124T120003Z"})
    EXPECT_FALSE(ClientPatience(request, "20261124T120000Z")) << request;
  for (const char* date : {"", "20261124T120000", "2026-11-24T12:00:00Z"})
    EXPECT_FALSE(ClientPatience("ttl=20261124T120003Z", date)) << date;
}

}  // namespace
}  // namespace kmaas::aws_http
