#include "app/fixed_settings.h"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/fakes/temporary_directory.h"

namespace kmaas::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class FixedSettings : public testing::Test {
 protected:
  Config Read(const std::string& text) {
    const std::string file = folder.File("kmaas.yaml");
    std::ofstream(file) << text;
    return *LoadConfig(file);
  }
  std::vector<std::string> Changed(const std::string& text) {
    return ChangedFixedSettings(Read("region: eu-central-1\n"), Read(text));
  }

  fakes::TemporaryDirectory folder;
};

TEST_F(FixedSettings, LetWhatCanChangeChange) {
  for (const char* text :
       {"log: {level: debug}", "log: {format: json}", "shutdown: {drain_seconds: 7}",
        "grpc: {principals: [{uri: 'urn:a', principal: 'arn:aws:iam::111122223333:root'}]}",
        "siem: [{name: a, transport: file, file: /var/log/a}]"})
    EXPECT_THAT(Changed(text), ElementsAre()) << text;
}

TEST_F(FixedSettings, AreNamed) {
  EXPECT_THAT(Changed("https: {port: 1}"), ElementsAre("https.port"));
  EXPECT_THAT(Changed("grpc: {workers: 3}\nhsm: {token_label: other}"),
              ElementsAre("hsm", "grpc.workers"));
  EXPECT_THAT(Changed("metrics: {enabled: false}"), ElementsAre("metrics"));
  EXPECT_THAT(Changed("limits: {calls_per_account_max: 7}"), ElementsAre("limits"));
  EXPECT_THAT(Changed("health: {interval_ms: 100}\nlifecycle: {interval_ms: 10}"),
              ElementsAre("health.interval_ms", "lifecycle.interval_ms"));
}

// A member that nobody has thought of in either list is refused, not taken silently.
TEST_F(FixedSettings, AreNotTakenForLackOfARow) {
  const Config now = Read("region: eu-central-1\n");
  Config wanted = now;
  wanted.file = "/elsewhere";
  EXPECT_THAT(ChangedFixedSettings(now, wanted), ElementsAre("a setting"));
}

TEST_F(FixedSettings, AreRefusedWithTheirLines) {
  const Config now = Read("region: eu-central-1\n");
  const Config wanted = Read("region: eu-central-1\nhttps:\n  port: 1\nlog: {level: debug}\n");
  const Result<void> refused = RefuseFixedSettings(now, wanted);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("kmaas.yaml:3:9: https.port: "));
  EXPECT_THAT(refused.error().message, HasSubstr("restart"));
  EXPECT_EQ(refused.error().message.find("log"), std::string::npos);
}

TEST_F(FixedSettings, AreRefusedWhereTheyHaveLeftTheFile) {
  const Config now = Read("https: {port: 1}\n");
  const Config wanted = Read("region: eu-central-1\n");
  const Result<void> refused = RefuseFixedSettings(now, wanted);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("kmaas.yaml:1:1: https.port: "));
}

}  // namespace
}  // namespace kmaas::app
