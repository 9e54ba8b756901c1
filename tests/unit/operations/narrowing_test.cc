#include "operations/grants/narrowing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kmaas::operations {
namespace {

const domain::Principal& Caller() {
  static const domain::Principal caller{.account = "111122223333",
                                        .arn = "arn:aws:iam::111122223333:user/alice",
                                        .user_id = "",
                                        .user_name = "",
                                        .access_key_id = ""};
  return caller;
}

domain::Grant GrantOf(std::vector<std::string> operations) {
  domain::Grant grant;
  grant.account = "111122223333";
  grant.region = "eu-central-1";
  grant.operations = std::move(operations);
  return grant;
}

TEST(Narrowing, IsNotAskedForWhenPoliciesAllow) {
  EXPECT_TRUE(CheckNarrowing(GrantOf({"Decrypt"}), nullptr, Caller()));
}

TEST(Narrowing, LetsAGrantMakeEqualAndLesserOnes) {
  const domain::Grant parent = GrantOf({"CreateGrant", "Decrypt"});
  EXPECT_TRUE(CheckNarrowing(parent, &parent, Caller()));
  EXPECT_TRUE(CheckNarrowing(GrantOf({"Decrypt"}), &parent, Caller()));
}

TEST(Narrowing, DeniesWhatGoesBeyond) {
  domain::Grant parent = GrantOf({"CreateGrant", "Decrypt"});
  const auto further = CheckNarrowing(GrantOf({"Encrypt"}), &parent, Caller());
  ASSERT_FALSE(further);
  EXPECT_EQ(further.error().code, ErrorCode::kAccessDenied);
  EXPECT_THAT(further.error().message,
              testing::StartsWith("User: arn:aws:iam::111122223333:user/alice is not authorized to "
                                  "perform: kms:CreateGrant on resource: arn:aws:kms:"));
  parent.constraints.context_subset = {{"a", "1"}};
  EXPECT_FALSE(CheckNarrowing(GrantOf({"Decrypt"}), &parent, Caller()));
}

}  // namespace
}  // namespace kmaas::operations
