#include "app/issuer_keys.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "tests/fakes/manual_clock.h"
#include "tests/fakes/temporary_directory.h"
#include "tests/fakes/test_issuer.h"

namespace kmaas::app {
namespace {

class IssuerKeysTest : public testing::Test {
 protected:
  IssuerKeysTest() {
    config.url = "https://idp.example";
    config.audiences = {"kmaas"};
    config.keys_file = folder.File("idp.jwks");
  }
  // Another file under the same name, as operators replace it.
  void Write(const std::string& text) {
    std::ofstream(config.keys_file + ".new") << text;
    ASSERT_EQ(std::rename((config.keys_file + ".new").c_str(), config.keys_file.c_str()), 0);
  }
  bool Believes(const std::string& algorithm) {
    const std::string now = std::to_string(ToEpochMillis(clock.Now()) / 1000);
    return identities
        .Verify(fakes::TestIssuer::Token(
            algorithm, R"({"iss":"https://idp.example","aud":"kmaas","sub":"x","iat":)" + now +
                           R"(,"exp":)" + now + "9}"))
        .has_value();
  }

  fakes::TemporaryDirectory folder;
  fakes::ManualClock clock;
  IssuerConfig config;
  std::vector<IssuerConfig> configs;
  identity::WebIdentities identities{{{"https://idp.example", {"kmaas"}}}, clock};
};

TEST_F(IssuerKeysTest, TakesAFileWhenItAppearsAndWhenItChanges) {
  configs = {config};
  IssuerKeys keys(configs, identities, clock);
  keys.Refresh();
  EXPECT_FALSE(Believes("ES256"));
  Write(fakes::TestIssuer({"ES256"}).Jwks());
  keys.Refresh();
  EXPECT_TRUE(Believes("ES256"));
  Write(fakes::TestIssuer({"ES384"}).Jwks());
  keys.Refresh();
  EXPECT_FALSE(Believes("ES256"));
  EXPECT_TRUE(Believes("ES384"));
}

TEST_F(IssuerKeysTest, KeepsItsKeysWhenAFileCannotBeUsed) {
  Write(fakes::TestIssuer({"ES256"}).Jwks());
  configs = {config};
  IssuerKeys keys(configs, identities, clock);
  keys.Refresh();
  Write("not a key set");
  keys.Refresh();
  EXPECT_TRUE(Believes("ES256"));
  ASSERT_EQ(std::remove(config.keys_file.c_str()), 0);
  keys.Refresh();
  EXPECT_TRUE(Believes("ES256"));
}

TEST_F(IssuerKeysTest, IsCheckedBeforeTheServerStarts) {
  configs = {config};
  EXPECT_FALSE(CheckIssuerFiles(configs));
  Write("{}");
  EXPECT_FALSE(CheckIssuerFiles(configs));
  Write(fakes::TestIssuer().Jwks());
  EXPECT_TRUE(CheckIssuerFiles(configs));
}

}  // namespace
}  // namespace kmaas::app
