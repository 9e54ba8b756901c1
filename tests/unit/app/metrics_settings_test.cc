#include "app/metrics_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kmaas::app {
namespace {

using testing::HasSubstr;

std::string Refusal(const std::string& text) {
  const auto config = ParseConfig(text, "/etc/kmaas/kmaas.yaml");
  return config ? "accepted" : config.error().message;
}

TEST(MetricsSettings, NeedATokenWhereOtherMachinesReachThem) {
  for (const char* address : {"0.0.0.0", "192.0.2.1", "'::'", "'::ffff:127.0.0.1'", "128.0.0.1"}) {
    EXPECT_THAT(Refusal("metrics: {address: " + std::string(address) + "}"),
                HasSubstr("metrics.token_file: must be set"))
        << address;
    EXPECT_EQ(Refusal("metrics: {token_file: t, address: " + std::string(address) + "}"),
              "accepted");
  }
}

TEST(MetricsSettings, NeedNoTokenOnLoopback) {
  for (const char* address : {"127.0.0.1", "127.9.9.9", "'::1'"})
    EXPECT_EQ(Refusal("metrics: {address: " + std::string(address) + "}"), "accepted") << address;
}

TEST(MetricsSettings, MayNotTakeThePortOfAnotherFrontEnd) {
  EXPECT_THAT(Refusal("metrics: {port: 8443}"), HasSubstr("metrics.port: contradicts"));
  EXPECT_THAT(Refusal("metrics: {port: 8444}"), HasSubstr("metrics.port: contradicts"));
  EXPECT_EQ(Refusal("metrics: {port: 8443, enabled: false}"), "accepted");
  EXPECT_EQ(Refusal("metrics: {port: 0}"), "accepted");
}

TEST(MetricsSettings, AreRefusedWhenTheyAreWrong) {
  for (const char* text :
       {"metrics: {address: localhost}", "metrics: {port: 65536}", "metrics: {prot: 1}",
        "metrics: {count_interval_seconds: 0}", "metrics: {enabled: maybe}", "metrics: [1]"})
    EXPECT_THAT(Refusal(text), HasSubstr("metrics")) << text;
}

}  // namespace
}  // namespace kmaas::app
