#include <gtest/gtest.h>

#include "policy/decision.h"
#include "tests/unit/policy/policy_fixture.h"

namespace kmaas::policy {
namespace {

using domain::EncryptionContext;

domain::Grant GrantTo(const std::string& grantee,
                      std::vector<std::string> operations = {"Decrypt"}) {
  domain::Grant grant;
  grant.id = "g1";
  grant.grantee = grantee;
  grant.operations = std::move(operations);
  return grant;
}

struct Ask {
  domain::Principal caller = User("anna");
  std::string action = "kms:Decrypt";
  IdentitySide identity = {};
  FixedContext context = {};
  std::optional<EncryptionContext> encryption_context = {};
  std::string key_policy = Document("");

  Decision Of(const domain::Grant& grant) const {
    const std::shared_ptr<const domain::Grant> shared(&grant, [](const domain::Grant*) {});
    const auto policy = Compiled(key_policy, PolicyKind::kKey);
    return Decide({.principal = caller,
                   .action = action,
                   .resource = kKeyArn,
                   .resource_account = kAccount,
                   .context = context,
                   .identity = identity,
                   .resource_policy = policy.get(),
                   .grants = std::span(&shared, 1),
                   .encryption_context = encryption_context ? &*encryption_context : nullptr});
  }
};

NamedPolicy Named(const std::string& text) {
  return {"own", Compiled(text, PolicyKind::kIdentity)};
}
const std::string kAllowAll = Document(Statement1("Allow", R"("Action":"kms:*","Resource":"*")"));

TEST(GrantDecision, AddsWhateverAccountTheGranteeIsIn) {
  const domain::Grant own = GrantTo(UserArn("anna"));
  const Decision decision = Ask{}.Of(own);
  EXPECT_TRUE(decision.allowed());
  EXPECT_EQ(decision.decider, Decider::kGrant);
  EXPECT_EQ(decision.Describe(), "grant g1");
  EXPECT_TRUE(Ask{.caller = User("otto", kOtherAccount)}
                  .Of(GrantTo(UserArn("otto", kOtherAccount)))
                  .allowed());
  EXPECT_FALSE(Ask{.caller = User("otto")}.Of(own).allowed());
  EXPECT_FALSE(Ask{.caller = User("anna", kOtherAccount)}.Of(own).allowed());
  EXPECT_FALSE(Ask{.caller = Root()}.Of(own).allowed());
}

TEST(GrantDecision, NeverOverridesAnExplicitDeny) {
  Ask ask{.key_policy = Document(KeyStatement("Deny", R"({"AWS":"111122223333"})"))};
  EXPECT_EQ(ask.Of(GrantTo(UserArn("anna"))).outcome, Outcome::kExplicitDeny);
}

TEST(GrantDecision, GivesItsOperationsOnly) {
  const domain::Grant grant =
      GrantTo(UserArn("anna"), {"Decrypt", "PutKeyPolicy", "ReEncryptFrom"});
  EXPECT_TRUE(Ask{.action = "kms:ReEncryptFrom"}.Of(grant).allowed());
  for (const char* action : {"kms:ReEncryptTo", "kms:PutKeyPolicy", "kms:decrypt", "Decrypt",
                             "iam:Decrypt", "kms:", "kms:ReEncrypt"})
    EXPECT_FALSE(Ask{.action = action}.Of(grant).allowed()) << action;
}

TEST(GrantDecision, ToARoleIsNarrowed) {
  const NamedPolicy silent = Named(Document(""));
  for (const auto& grantee : {RoleArn("admin"), SessionArn("admin")}) {
    Ask ask{.caller = InRole("admin")};
    EXPECT_TRUE(ask.Of(GrantTo(grantee)).allowed());
    ask.identity.session.push_back(silent);
    EXPECT_EQ(ask.Of(GrantTo(grantee)).allowed(), grantee == SessionArn("admin"));
    ask.identity.session.clear();
    ask.identity.boundary = silent;
    EXPECT_EQ(ask.Of(GrantTo(grantee)).allowed(), grantee == SessionArn("admin"));
  }
  EXPECT_FALSE(Ask{.caller = InRole("other")}.Of(GrantTo(RoleArn("admin"))).allowed());
}

TEST(GrantDecision, ToAnAccountDelegates) {
  const domain::Grant grant = GrantTo("arn:aws:iam::444455556666:root");
  Ask ask{.caller = User("otto", kOtherAccount)};
  EXPECT_EQ(ask.Of(grant).outcome, Outcome::kNoIdentityAllow);
  ask.identity.policies.push_back(Named(kAllowAll));
  EXPECT_TRUE(ask.Of(grant).allowed());
  EXPECT_TRUE(Ask{.caller = Root(kOtherAccount)}.Of(grant).allowed());
  ask.caller = User("anna");
  EXPECT_FALSE(ask.Of(grant).allowed());
}

TEST(GrantDecision, ToAServiceIsForThatServiceOnly) {
  domain::Grant grant = GrantTo("s3.amazonaws.com");
  EXPECT_FALSE(Ask{.caller = Service("s3.amazonaws.com")}.Of(grant).allowed());
  grant.grantee_is_service = true;
  EXPECT_TRUE(Ask{.caller = Service("s3.amazonaws.com")}.Of(grant).allowed());
  EXPECT_FALSE(Ask{.caller = Service("ec2.amazonaws.com")}.Of(grant).allowed());
}

TEST(GrantDecision, HoldsForTheEncryptionContextThatItEquals) {
  domain::Grant grant =
      GrantTo(UserArn("anna"), {"Decrypt", "DescribeKey", "RetireGrant", "CreateGrant"});
  grant.constraints.context_equals = {{"App", "pay"}, {"env", "prod"}};
  const auto allowed = [&](const EncryptionContext& context) {
    return Ask{.encryption_context = context}.Of(grant).allowed();
  };
  EXPECT_TRUE(allowed({{"App", "pay"}, {"env", "prod"}}));
  EXPECT_TRUE(allowed({{"app", "pay"}, {"ENV", "prod"}}));
  EXPECT_FALSE(allowed({{"App", "Pay"}, {"env", "prod"}}));
  EXPECT_FALSE(allowed({{"App", "pay"}, {"env", "prod"}, {"x", "y"}}));
  EXPECT_FALSE(allowed({{"App", "pay"}}));
  EXPECT_FALSE(allowed({}));
  EXPECT_FALSE(Ask{}.Of(grant).allowed());
  for (const char* action : {"kms:DescribeKey", "kms:RetireGrant", "kms:CreateGrant"})
    EXPECT_TRUE(Ask{.action = action}.Of(grant).allowed()) << action;
}

TEST(GrantDecision, HoldsForTheEncryptionContextThatContainsItsOwn) {
  domain::Grant grant = GrantTo(UserArn("anna"));
  grant.constraints.context_subset = {{"App", "pay"}};
  const auto allowed = [&](const EncryptionContext& context) {
    return Ask{.encryption_context = context}.Of(grant).allowed();
  };
  EXPECT_TRUE(allowed({{"App", "pay"}}));
  EXPECT_TRUE(allowed({{"x", "y"}, {"aPP", "pay"}, {"z", ""}}));
  EXPECT_FALSE(allowed({{"App", "other"}}));
  EXPECT_FALSE(allowed({{"x", "pay"}}));
  EXPECT_FALSE(Ask{}.Of(grant).allowed());
}

TEST(GrantDecision, HoldsForItsSource) {
  domain::Grant grant = GrantTo(UserArn("anna"), {"Decrypt", "DescribeKey"});
  grant.constraints.source_arn = "arn:aws:s3:::bucket";
  EXPECT_FALSE(Ask{}.Of(grant).allowed());
  EXPECT_FALSE(Ask{.action = "kms:DescribeKey"}.Of(grant).allowed());
  EXPECT_TRUE(
      (Ask{.context = FixedContext("aws:SourceArn", {"arn:aws:s3:::bucket"})}).Of(grant).allowed());
  EXPECT_FALSE((Ask{.context = FixedContext("aws:SourceArn", {"arn:aws:s3:::bucket2"})})
                   .Of(grant)
                   .allowed());
}

TEST(GrantDecision, StandsBesideADelegationWithoutIdentityPolicies) {
  Ask ask{.key_policy = Document(KeyStatement("Allow", R"({"AWS":"111122223333"})"))};
  EXPECT_TRUE(ask.Of(GrantTo(UserArn("anna"))).allowed());
  EXPECT_EQ(ask.Of(GrantTo(UserArn("otto"))).outcome, Outcome::kNoIdentityAllow);
}

}  // namespace
}  // namespace kmaas::policy
