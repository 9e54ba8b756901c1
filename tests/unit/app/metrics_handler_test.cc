#include "app/metrics_handler.h"

#include <gtest/gtest.h>

#include "tests/fakes/manual_clock.h"

namespace kmaas::app {
namespace {

constexpr char kToken[] = "0123456789abcdef";

struct World {
  explicit World(std::string_view token = {})
      : handler([this] { return "page " + std::to_string(++made) + "\n"; },
                SecretBytes(AsBytes(token)), clock) {}

  http::Response Ask(std::vector<http::Header> headers = {}, const std::string& method = "GET",
                     const std::string& target = "/metrics") {
    http::Request request;
    request.method = method;
    request.target = target;
    request.headers = std::move(headers);
    return handler.Handle(request);
  }
  int made = 0;
  fakes::ManualClock clock;
  MetricsHandler handler;
};

TEST(MetricsHandler, MakesThePageOnceASecond) {
  World world;
  EXPECT_EQ(world.Ask().body, "page 1\n");
  world.clock.Advance(std::chrono::milliseconds(999));
  EXPECT_EQ(world.Ask().body, "page 1\n");
  world.clock.Advance(std::chrono::milliseconds(1));
  EXPECT_EQ(world.Ask().body, "page 2\n");
}

TEST(MetricsHandler, AnswersNothingWithoutTheToken) {
  World world(kToken);
  const std::string right = "Bearer " + std::string(kToken);
  const std::vector<std::vector<http::Header>> wrong{
      {},
      {{"Authorization", ""}},
      {{"Authorization", kToken}},
      {{"Authorization", "Bearer "}},
      {{"Authorization", "bearer " + std::string(kToken)}},
      {{"Authorization", right + "0"}},
      {{"Authorization", right.substr(0, right.size() - 1)}},
      {{"Authorization", right}, {"Authorization", right}},
      {{"X-Authorization", right}}};
  for (const auto& headers : wrong) {
    for (const char* target : {"/metrics", "/nothing"}) {
      const http::Response refusal = world.Ask(headers, "GET", target);
      EXPECT_EQ(refusal.status, 401U);
      EXPECT_TRUE(refusal.close);
    }
  }
  EXPECT_EQ(world.made, 0);
  EXPECT_EQ(world.Ask({{"authorization", right}}).status, 200U);
}

TEST(MetricsHandler, AnswersGetAndHeadOfOnePathOnly) {
  World world;
  EXPECT_EQ(world.Ask({}, "HEAD").status, 200U);
  EXPECT_EQ(world.Ask({}, "POST").status, 405U);
  EXPECT_EQ(world.Ask({}, "get").status, 405U);
  for (const char* target : {"/", "/metrics/", "//metrics", "/metrics%2f", "", "metrics"})
    EXPECT_EQ(world.Ask({}, "GET", target).status, 404U) << target;
}

}  // namespace
}  // namespace kmaas::app
