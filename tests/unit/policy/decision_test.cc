#include "policy/decision.h"

#include <gtest/gtest.h>

#include "tests/unit/policy/policy_fixture.h"

namespace kmaas::policy {
namespace {

const std::string kAllowAll = Document(Statement1("Allow", R"("Action":"kms:*","Resource":"*")"));
const std::string kDenyAll = Document(Statement1("Deny", R"("Action":"kms:*","Resource":"*")"));
const std::string kSilent = Document("");
const std::string kDelegating = Document(KeyStatement("Allow", R"({"AWS":"111122223333"})"));

NamedPolicy Named(const std::string& name, const std::string& text) {
  return {name, Compiled(text, PolicyKind::kIdentity)};
}

// One question; what is not set is not there.
struct Case {
  domain::Principal caller = User("anna");
  std::string key_policy = kSilent;
  IdentitySide identity = {};
  std::string account = kAccount;
  std::shared_ptr<const Policy> compiled = nullptr;  // outlives what Ask returns

  Case& Identity(const std::string& text) {
    identity.policies.push_back(Named("own", text));
    return *this;
  }
  Case& Boundary(const std::string& text) {
    identity.boundary = Named("bound", text);
    return *this;
  }
  Case& Session(const std::string& text) {
    identity.session.push_back(Named("session", text));
    return *this;
  }
  Decision Ask() {
    static const FixedContext context;
    compiled = key_policy.empty() ? nullptr : Compiled(key_policy, PolicyKind::kKey);
    return Decide({.principal = caller,
                   .action = "kms:Decrypt",
                   .resource = kKeyArn,
                   .resource_account = account,
                   .context = context,
                   .identity = identity,
                   .resource_policy = compiled.get(),
                   .grants = {}});
  }
};

std::string Allowing(const std::string& arn) {
  return Document(KeyStatement("Allow", "{\"AWS\":\"" + arn + "\"}"));
}

TEST(KeyPolicyDecision, IsRefusalWithoutAnyAllow) {
  EXPECT_EQ(Case().Ask().outcome, Outcome::kNoResourceAllow);
  EXPECT_EQ(Case().Identity(kAllowAll).Ask().outcome, Outcome::kNoResourceAllow);
  EXPECT_EQ((Case{.caller = Root()}).Ask().outcome, Outcome::kNoResourceAllow);
}

TEST(KeyPolicyDecision, DelegatesToTheAccountsOwnPolicies) {
  EXPECT_EQ((Case{.key_policy = kDelegating}).Ask().outcome, Outcome::kNoIdentityAllow);
  Case delegated{.key_policy = kDelegating};  // outlives the name in its decision
  const Decision allowed = delegated.Identity(kAllowAll).Ask();
  EXPECT_TRUE(allowed.allowed());
  EXPECT_EQ(allowed.decider, Decider::kIdentityPolicy);
  EXPECT_EQ(allowed.policy_name, "own");
  const Decision root = Case{.caller = Root(), .key_policy = kDelegating}.Ask();
  EXPECT_TRUE(root.allowed());
  EXPECT_EQ(root.decider, Decider::kKeyPolicy);
}

TEST(KeyPolicyDecision, NamesTheIdentityPolicyThatItDoesNotLetCount) {
  const std::string nothing = "no resource policy and no grant allows";
  EXPECT_EQ(Case().Ask().Describe(), nothing);
  Case undelegated;
  EXPECT_EQ(undelegated.Identity(kAllowAll).Ask().Describe(),
            nothing +
                "; missing delegation: own, statement 1 would, but the resource policy does "
                "not let it count");
  EXPECT_EQ((Case{.key_policy = kDelegating}).Ask().Describe(), "no identity policy allows");
}

TEST(KeyPolicyDecision, LetsBoundaryAndSessionNarrowADelegation) {
  Case both{.caller = InRole("admin"), .key_policy = kDelegating};
  both.Identity(kAllowAll).Boundary(kAllowAll).Session(kSilent).Session(kAllowAll);
  EXPECT_TRUE(both.Ask().allowed());
  both.Boundary(kSilent);
  const Decision bounded = both.Ask();
  EXPECT_EQ(bounded.outcome, Outcome::kNoBoundaryAllow);
  EXPECT_EQ(bounded.policy_name, "bound");
  Case silent{.caller = InRole("admin"), .key_policy = kDelegating};
  EXPECT_EQ(silent.Identity(kAllowAll).Session(kSilent).Ask().outcome, Outcome::kNoSessionAllow);
}

TEST(KeyPolicyDecision, NeedsNoIdentityPolicyForWhoItNames) {
  EXPECT_TRUE((Case{.key_policy = Allowing(UserArn("anna"))}).Ask().allowed());
  EXPECT_TRUE(
      (Case{.caller = InRole("admin"), .key_policy = Allowing(RoleArn("admin"))}).Ask().allowed());
  EXPECT_TRUE((Case{.key_policy = Allowing("*")}).Ask().allowed());
}

TEST(KeyPolicyDecision, IsNotLimitedByWhatIsLeftOutForAUserOrASession) {
  EXPECT_TRUE((Case{.key_policy = Allowing(UserArn("anna"))}).Boundary(kSilent).Ask().allowed());
  Case session{.caller = InRole("admin"), .key_policy = Allowing(SessionArn("admin"))};
  EXPECT_TRUE(session.Boundary(kSilent).Session(kSilent).Ask().allowed());
}

TEST(KeyPolicyDecision, IsLimitedForARoleAndForAnyone) {
  for (const std::string& arn : {RoleArn("admin"), std::string("*")}) {
    const Case plain{.caller = InRole("admin"), .key_policy = Allowing(arn)};
    EXPECT_EQ(Case(plain).Boundary(kSilent).Ask().outcome, Outcome::kNoBoundaryAllow) << arn;
    EXPECT_EQ(Case(plain).Session(kSilent).Ask().outcome, Outcome::kNoSessionAllow) << arn;
    EXPECT_TRUE(Case(plain).Boundary(kAllowAll).Session(kAllowAll).Ask().allowed()) << arn;
  }
  EXPECT_EQ((Case{.key_policy = Allowing("*")}).Boundary(kSilent).Ask().outcome,
            Outcome::kNoBoundaryAllow);
}

TEST(Decision, IsRefusalWhoeverDeniesExplicitly) {
  const Case plain{.caller = InRole("admin"), .key_policy = Allowing(SessionArn("admin"))};
  EXPECT_EQ(Case(plain).Identity(kDenyAll).Ask().decider, Decider::kIdentityPolicy);
  EXPECT_EQ(Case(plain).Boundary(kDenyAll).Ask().decider, Decider::kBoundary);
  EXPECT_EQ(Case(plain).Session(kAllowAll).Session(kDenyAll).Ask().decider,
            Decider::kSessionPolicy);
  Case key = plain;
  key.key_policy = Document(KeyStatement("Allow", R"("*")") + "," +
                            KeyStatement("Deny", R"({"AWS":"111122223333"})"));
  const Decision denied = key.Identity(kDenyAll).Ask();
  EXPECT_EQ(denied.outcome, Outcome::kExplicitDeny);
  EXPECT_EQ(denied.decider, Decider::kKeyPolicy);
  EXPECT_EQ(denied.statement->number(), 2U);
  EXPECT_EQ(denied.Describe(), "denied by key policy, statement 2");
}

TEST(CrossAccountDecision, NeedsBothSides) {
  for (const std::string& arn :
       {UserArn("otto", kOtherAccount), std::string(kOtherAccount), std::string("*")}) {
    const Case foreign{.caller = User("otto", kOtherAccount), .key_policy = Allowing(arn)};
    EXPECT_EQ(Case(foreign).Ask().outcome, Outcome::kNoIdentityAllow) << arn;
    EXPECT_TRUE(Case(foreign).Identity(kAllowAll).Ask().allowed()) << arn;
    EXPECT_EQ(Case(foreign).Identity(kAllowAll).Boundary(kSilent).Ask().outcome,
              Outcome::kNoBoundaryAllow);
    EXPECT_EQ(Case(foreign).Identity(kDenyAll).Ask().outcome, Outcome::kExplicitDeny);
  }
  Case unnamed{.caller = User("otto", kOtherAccount), .key_policy = kDelegating};
  EXPECT_EQ(unnamed.Identity(kAllowAll).Ask().outcome, Outcome::kNoResourceAllow);
  EXPECT_TRUE(
      (Case{.caller = Root(kOtherAccount), .key_policy = Allowing(kOtherAccount)}).Ask().allowed());
}

TEST(DecisionWithoutAKey, IsTheIdentitySides) {
  const Case plain{.key_policy = ""};
  EXPECT_EQ(Case(plain).Ask().outcome, Outcome::kNoIdentityAllow);
  EXPECT_TRUE(Case(plain).Identity(kAllowAll).Ask().allowed());
  EXPECT_EQ(Case(plain).Identity(kAllowAll).Boundary(kSilent).Ask().outcome,
            Outcome::kNoBoundaryAllow);
  EXPECT_EQ(Case(plain).Identity(kAllowAll).Session(kSilent).Ask().outcome,
            Outcome::kNoSessionAllow);
  EXPECT_EQ((Case{.caller = Root(), .key_policy = ""}).Ask().decider, Decider::kRoot);
  for (const auto& caller : {Root(kOtherAccount), User("otto", kOtherAccount)}) {
    Case foreign{.caller = caller, .key_policy = ""};
    EXPECT_EQ(foreign.Identity(kAllowAll).Ask().outcome, Outcome::kNoResourceAllow);
  }
}

TEST(TrustDecision, LetsAWebIdentityInWithoutAnIdentitySide) {
  const auto trust = Compiled(
      Document(Statement1(
          "Allow",
          R"("Principal":{"Federated":"issuer.example"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"issuer.example:aud":"kms"}})")),
      PolicyKind::kTrust);
  const auto caller = WebIdentity("https://issuer.example");
  const std::string role = RoleArn("admin");
  const IdentitySide none;
  for (const char* audience : {"kms", "other"}) {
    const FixedContext context("issuer.example:aud", {audience});
    const Decision decision = Decide({.principal = caller,
                                      .action = "sts:AssumeRoleWithWebIdentity",
                                      .resource = role,
                                      .resource_account = kAccount,
                                      .context = context,
                                      .identity = none,
                                      .resource_policy = trust.get(),
                                      .grants = {}});
    EXPECT_EQ(decision.allowed(), audience == std::string("kms"));
    EXPECT_EQ(decision.allowed() ? decision.Describe() : "trust policy, statement 1",
              "trust policy, statement 1");
  }
}

TEST(Decision, TracesEveryPolicyThatItHeard) {
  Case all{.key_policy = kDelegating};
  all.Identity(kAllowAll).Boundary(kSilent).Session(kDenyAll);
  const FixedContext context;
  const auto key_policy = Compiled(kDelegating, PolicyKind::kKey);
  std::vector<TraceLine> trace;
  (void)Decide({.principal = all.caller,
                .action = "kms:Decrypt",
                .resource = kKeyArn,
                .resource_account = kAccount,
                .context = context,
                .identity = all.identity,
                .resource_policy = key_policy.get(),
                .grants = {}},
               &trace);
  ASSERT_EQ(trace.size(), 4U);
  EXPECT_EQ(trace[0].policy_name, "key policy");
  EXPECT_EQ(trace[0].finding.match, PrincipalMatch::kAccount);
  EXPECT_EQ(trace[1].policy_name, "own");
  EXPECT_NE(trace[1].finding.allow, nullptr);
  EXPECT_EQ(trace[2].policy_name, "bound");
  EXPECT_EQ(trace[2].finding.allow, nullptr);
  EXPECT_NE(trace[3].finding.deny, nullptr);
}

}  // namespace
}  // namespace kmaas::policy
