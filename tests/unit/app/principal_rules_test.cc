#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "app/config.h"

namespace kmaas::app {
namespace {

class PrincipalRules : public testing::Test {
 protected:
  PrincipalRules() {
    std::string pattern = testing::TempDir() + "kmaas-rules-XXXXXX";
    directory = mkdtemp(pattern.data());
    grpc.principals_file = directory + "/grpc-principals.yaml";
  }
  ~PrincipalRules() override { std::filesystem::remove_all(directory); }
  void WriteFile(const std::string& text) { std::ofstream(grpc.principals_file) << text; }

  std::string directory;
  GrpcConfig grpc;
};

TEST_F(PrincipalRules, AFileThatIsNotThereHoldsNone) {
  const auto rules = LoadPrincipalRules(grpc);
  ASSERT_TRUE(rules);
  EXPECT_TRUE(rules->empty());
}

TEST_F(PrincipalRules, FollowThoseOfTheConfiguration) {
  grpc.principals = {{PrincipalRule::Name::kDns, "a.example", "arn:aws:iam::111122223333:root"}};
  WriteFile(
      "principals:\n  - uri: spiffe://kmaas/x\n    principal: arn:aws:iam::111122223333:user/x\n");
  const auto rules = LoadPrincipalRules(grpc);
  ASSERT_TRUE(rules) << rules.error().message;
  ASSERT_EQ(rules->size(), 2U);
  EXPECT_EQ((*rules)[0].value, "a.example");
  EXPECT_EQ((*rules)[1].name, PrincipalRule::Name::kUri);
  EXPECT_EQ((*rules)[1].value, "spiffe://kmaas/x");
}

TEST_F(PrincipalRules, AreRefusedWithTheirFileAndLine) {
  WriteFile("principals:\n  - uri: x\n");
  EXPECT_THAT(LoadPrincipalRules(grpc).error().message,
              testing::HasSubstr("grpc-principals.yaml:2:5: principals.principal: must be an ARN"));
  WriteFile("principals: [");
  EXPECT_THAT(LoadPrincipalRules(grpc).error().message, testing::HasSubstr("is not YAML"));
}

}  // namespace
}  // namespace kmaas::app
