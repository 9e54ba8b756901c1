#include "app/limits_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/service_options.h"

namespace kmaas::app {
namespace {

using testing::HasSubstr;

std::string Refusal(const std::string& text) {
  const auto config = ParseConfig(text, "/etc/kmaas/kmaas.yaml");
  return config ? "accepted" : config.error().message;
}

TEST(LimitsSettings, HoldQuotasOfAllAndOfSingleAccounts) {
  const auto config = ParseConfig(
      "limits: {quotas: aws, burst_seconds: 3, requests_per_second: {rsa: 7, CreateKey: 0.25}, "
      "accounts: [{account: '444455556666', requests_per_second: {all: 500}}]}",
      "/etc/kmaas/kmaas.yaml");
  ASSERT_TRUE(config) << config.error().message;
  const traffic::QuotaSettings& quotas = config->limits.quotas;
  EXPECT_EQ(quotas.base, traffic::QuotaBase::kAws);
  EXPECT_EQ(quotas.burst_seconds, 3U);
  EXPECT_EQ(quotas.rates, (traffic::RatesByName{{"rsa", 7}, {"CreateKey", 0.25}}));
  EXPECT_EQ(quotas.accounts.at("444455556666"), (traffic::RatesByName{{"all", 500}}));
}

std::uint32_t CallsInFlight(const std::string& text, std::uint64_t accounts) {
  const auto config = ParseConfig(text, "/etc/kmaas/kmaas.yaml");
  EXPECT_TRUE(config) << text;
  return config ? ToQuotaSettings(*config, accounts).calls_in_flight_max : 0;
}

TEST(LimitsSettings, LeaveAQuarterOfTheThreadsToOtherAccounts) {
  const char* threads = "https: {threads: 40}\ngrpc: {workers: 32}\n";
  EXPECT_EQ(CallsInFlight(threads, 2), 24U);
  EXPECT_EQ(CallsInFlight(threads, 1), 0U) << "there is nobody to leave them to";
  EXPECT_EQ(CallsInFlight("https: {threads: 1}\n", 2), 1U);
  EXPECT_EQ(CallsInFlight("https: {threads: 2}\n", 2), 1U);
  EXPECT_EQ(CallsInFlight("limits: {calls_per_account_max: 5}\n", 1), 5U);
  EXPECT_EQ(Refusal("limits: {calls_per_account_max: -1}") == "accepted", false);
}

TEST(LimitsSettings, NameTheQuotasThatThereAre) {
  for (const char* name : {"all", "symmetric", "rsa", "ecc", "custom_key_store", "ListUsers",
                           "AssumeRole", "GenerateDataKeyPair_RSA_4096"})
    EXPECT_EQ(Refusal("limits: {requests_per_second: {" + std::string(name) + ": 1}}"), "accepted");
  EXPECT_THAT(Refusal("limits: {requests_per_second: {CreatKey: 1}}"),
              HasSubstr("did you mean CreateKey?"));
  EXPECT_THAT(Refusal("limits: {requests_per_second: {Decrypt: 1}}"),
              HasSubstr("has no quota 'Decrypt'"));
}

TEST(LimitsSettings, AreRefusedWhenTheyAreWrong) {
  for (const char* text :
       {"{quotas: none}", "{requests_per_second: 5}", "{requests_per_second: {rsa: 0}}",
        "{requests_per_second: {rsa: -1}}", "{requests_per_second: {rsa: nan}}",
        "{requests_per_second: {rsa: 1e99}}", "{requests_per_second: {rsa: '5 a second'}}",
        "{accounts: {a: 1}}", "{accounts: [{account: 1}]}", "{accounts: [x]}",
        "{accounts: [{account: '444455556666'}]}", "{header_seconds: 0}", "{burst_seconds: 0}",
        "{accounts: [{account: '444455556666', requests_per_second: {}}, {account: "
        "'444455556666', requests_per_second: {}}]}"})
    EXPECT_NE(Refusal("limits: " + std::string(text)), "accepted") << text;
}

}  // namespace
}  // namespace kmaas::app
