#include <gtest/gtest.h>

#include "tests/unit/policy/policy_fixture.h"

namespace kmaas::policy {
namespace {

bool AllowsAction(const std::string& element, std::string_view action) {
  const auto policy = Compiled(Document(Statement1("Allow", element + R"(,"Resource":"*")")),
                               PolicyKind::kIdentity);
  return Allows(*policy, FixedContext(), action);
}

bool AllowsResource(const std::string& element, std::string_view resource) {
  const auto policy =
      Compiled(Document(Statement1("Allow", R"("Action":"*",)" + element)), PolicyKind::kIdentity);
  return Allows(*policy, FixedContext(), "kms:Decrypt", resource);
}

TEST(Action, HasNoCaseAndMayHaveWildcards) {
  EXPECT_TRUE(AllowsAction(R"("Action":"KMS:decrypt")", "kms:Decrypt"));
  EXPECT_FALSE(AllowsAction(R"("Action":"kms:Decrypt")", "kms:Encrypt"));
  EXPECT_FALSE(AllowsAction(R"("Action":"kms:Decrypt")", "kms:Decrypt2"));
  EXPECT_TRUE(AllowsAction(R"("Action":"kms:*")", "kms:Decrypt"));
  EXPECT_FALSE(AllowsAction(R"("Action":"kms:*")", "iam:GetUser"));
  EXPECT_TRUE(AllowsAction(R"("Action":"*")", "iam:GetUser"));
  EXPECT_TRUE(AllowsAction(R"("Action":"*:*")", "iam:GetUser"));
  EXPECT_TRUE(AllowsAction(R"("Action":"kms:GenerateDataKey*")", "kms:GenerateDataKeyPair"));
  EXPECT_TRUE(AllowsAction(R"("Action":"kms:?ncrypt")", "kms:Encrypt"));
  EXPECT_FALSE(AllowsAction(R"("Action":"kms:?ecrypt")", "kms:ecrypt"));
  EXPECT_TRUE(
      AllowsAction(R"("Action":["iam:*","kms:*Key*W*"])", "kms:GenerateDataKeyWithoutPlaintext"));
}

TEST(Action, MayBeExcluded) {
  EXPECT_FALSE(AllowsAction(R"("NotAction":"kms:Decrypt*")", "kms:Decrypt"));
  EXPECT_TRUE(AllowsAction(R"("NotAction":"kms:Decrypt*")", "kms:Encrypt"));
  EXPECT_TRUE(AllowsAction(R"("NotAction":["kms:Decrypt","kms:Encrypt"])", "iam:GetUser"));
  EXPECT_FALSE(AllowsAction(R"("NotAction":["kms:Decrypt","kms:Encrypt"])", "kms:Encrypt"));
}

TEST(Action, MayBeLongerThanAnyOfAws) {
  const std::string longest = "kms:" + std::string(100, 'A');
  EXPECT_TRUE(AllowsAction("\"Action\":\"" + longest + "\"", longest));
  EXPECT_FALSE(AllowsAction("\"Action\":\"" + longest + "\"", longest + "a"));
}

TEST(Resource, IsComparedByteForByte) {
  EXPECT_TRUE(AllowsResource("\"Resource\":\"" + std::string(kKeyArn) + "\"", kKeyArn));
  EXPECT_FALSE(
      AllowsResource(R"("Resource":"arn:aws:kms:eu-central-1:111122223333:KEY/*")", kKeyArn));
  EXPECT_TRUE(AllowsResource(R"("Resource":"arn:aws:kms:*:111122223333:key/*")", kKeyArn));
  EXPECT_FALSE(AllowsResource(R"("Resource":"arn:aws:kms:*:444455556666:key/*")", kKeyArn));
  EXPECT_TRUE(AllowsResource(R"("Resource":"arn:aws:kms:*")", kKeyArn));
  EXPECT_TRUE(AllowsResource(R"("Resource":["arn:aws:s3:::x","*"])", kKeyArn));
  EXPECT_FALSE(AllowsResource(R"("Resource":"arn:aws:s3:::a/../b")", "arn:aws:s3:::b"));
  EXPECT_FALSE(AllowsResource(R"("Resource":"arn:aws:s3:::a%2Fb")", "arn:aws:s3:::a/b"));
}

TEST(Resource, MayBeExcluded) {
  EXPECT_FALSE(AllowsResource(R"("NotResource":"arn:aws:kms:*")", kKeyArn));
  EXPECT_TRUE(AllowsResource(R"("NotResource":"arn:aws:s3:::*")", kKeyArn));
  EXPECT_FALSE(AllowsResource(R"("NotResource":"*")", kKeyArn));
}

TEST(Resource, OfNothingInParticularIsMatchedByTheStarOnly) {
  EXPECT_TRUE(AllowsResource(R"("Resource":"*")", "*"));
  EXPECT_FALSE(AllowsResource(R"("Resource":"arn:*:*:*:*:*")", "*"));
  EXPECT_TRUE(AllowsResource(R"("NotResource":"arn:*:*:*:*:*")", "*"));
}

TEST(KeyPolicyStatement, WithoutActionsOrResourcesHasNoEffect) {
  for (const char* rest :
       {R"("Principal":"*")", R"("Principal":"*","Action":"kms:*")",
        R"("Principal":"*","Resource":"*")", R"("Principal":"*","Action":[],"Resource":"*")",
        R"("Principal":"*","NotAction":[],"Resource":"*")"}) {
    const auto policy = Compiled(Document(Statement1("Allow", rest)), PolicyKind::kKey);
    EXPECT_FALSE(Allows(*policy, FixedContext())) << rest;
  }
}

TEST(PolicyEvaluation, FindsTheFirstDenyAndTheStrongestAllow) {
  const auto policy =
      Compiled(Document(KeyStatement("Allow", R"({"AWS":"111122223333"})") + "," +
                        KeyStatement("Allow", R"("*")") + "," + KeyStatement("Deny", R"("*")") +
                        "," + KeyStatement("Deny", R"({"AWS":"111122223333"})")),
               PolicyKind::kKey);
  const FixedContext context;
  const Finding finding = policy->Evaluate({"kms:Decrypt", kKeyArn, context}, User("anna"));
  ASSERT_NE(finding.allow, nullptr);
  ASSERT_NE(finding.deny, nullptr);
  EXPECT_EQ(finding.allow->number(), 2U);
  EXPECT_EQ(finding.match, PrincipalMatch::kAnyone);
  EXPECT_EQ(finding.deny->number(), 3U);
}

}  // namespace
}  // namespace kmaas::policy
