// Classes of defects that have hit key management systems (docs/threat-model.md), in sessions and
// second factors.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/sts_world.h"

namespace kmaas::api {
namespace {

constexpr char kListKeys[] = R"({"Effect":"Allow","Action":"kms:ListKeys","Resource":"*"})";

class StsRegression : public testing::Test, protected StsWorld {
 protected:
  bool ListsKeys(const domain::Principal& who) {
    return core.SendAs(who, "ListKeys", ::kmaas::kms::v1::ListKeysRequest()).has_value();
  }
  domain::Principal SessionOfRole() {
    const auto reply = Assume(Jane(), Request());
    if (!reply) throw std::runtime_error(reply.error().message);
    return Open(reply->credentials());
  }
  void GiveRole(const std::vector<records::InlinePolicy>& policies) {
    role.policies.inline_policies = policies;
    PutRole(role.trust_policy);
  }
};

// However many show the same code at the same moment.
TEST(StsRegressionOfCodes, OneCodeMakesOneSession) {
  for (int round = 0; round < 10; ++round) {
    StsWorld world;
    const domain::Principal jane = world.Jane();
    sts::GetSessionTokenRequest request;
    request.set_serial_number(kSerial);
    request.set_token_code(world.Code());
    std::latch together(4);
    std::atomic<int> made{0};
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 4; ++caller) {
      callers.emplace_back([&] {
        together.arrive_and_wait();
        if (world.Call<sts::GetSessionTokenResponse>(jane, request)) ++made;
      });
    }
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(made, 1);
  }
}

// The code that a role asks for is the caller's own, and is gone when it was used for a session.
TEST_F(StsRegression, ACodeOfASessionAssumesNoRole) {
  PutRole(Trust(R"({"AWS":")" + std::string(kJane) + R"("})", R"("sts:AssumeRole")",
                R"({"Bool":{"aws:MultiFactorAuthPresent":"true"}})"));
  const std::string code = Code();
  sts::GetSessionTokenRequest session;
  session.set_serial_number(kSerial);
  session.set_token_code(code);
  ASSERT_TRUE(Call<sts::GetSessionTokenResponse>(Jane(), session));
  sts::AssumeRoleRequest request = Request();
  request.set_serial_number(kSerial);
  request.set_token_code(code);
  EXPECT_FALSE(Assume(Jane(), request));
  core.clock.Advance(identity::kTotpStep);
  request.set_token_code(Code());
  EXPECT_TRUE(Assume(Jane(), request));
}

TEST_F(StsRegression, ATrustPolicyBindsTheNextCall) {
  ASSERT_TRUE(Assume(Jane(), Request()));
  PutRole(Trust(R"({"AWS":"arn:aws:iam::111122223333:user/john"})"));
  EXPECT_FALSE(Assume(Jane(), Request()));
  PutRole(Trust(R"({"AWS":")" + std::string(kJane) + R"("})"));
  EXPECT_TRUE(Assume(Jane(), Request()));
}

TEST_F(StsRegression, APolicyOfARoleBindsTheNextCallOfItsSessions) {
  GiveRole({{"own", Document(kListKeys)}});
  const domain::Principal session = SessionOfRole();
  EXPECT_TRUE(ListsKeys(session));
  GiveRole({});
  EXPECT_FALSE(ListsKeys(session));
  GiveRole({{"own", Document(kListKeys)}});
  EXPECT_TRUE(ListsKeys(session));
}

// How long a role's sessions last and which policies its account has, say nothing to a stranger.
TEST_F(StsRegression, ARoleThatTrustsSomebodyElseIsAsOneThatIsNotThere) {
  PutRole(Trust(R"({"AWS":"arn:aws:iam::111122223333:user/john"})"));
  std::vector<sts::AssumeRoleRequest> probes(5, Request());
  probes[0].set_duration_seconds(43200);
  probes[1].set_policy("{}");
  probes[2].add_policy_arns()->set_arn("arn:aws:iam::111122223333:policy/perhaps");
  probes[3].add_transitive_tag_keys("without a tag");
  probes[4].set_serial_number("arn:aws:iam::111122223333:mfa/perhaps");
  for (sts::AssumeRoleRequest& probe : probes) {
    const auto there = Assume(Jane(), probe);
    probe.set_role_arn("arn:aws:iam::111122223333:role/ops/nobody!");  // of the same length
    const auto missing = Assume(Jane(), probe);
    ASSERT_FALSE(there || missing) << probe.ShortDebugString();
    EXPECT_EQ(there.error().code, missing.error().code) << probe.ShortDebugString();
    EXPECT_EQ(there.error().message.size(), missing.error().message.size());
  }
}

Result<sts::AssumeRoleWithWebIdentityResponse> AssumeWith(StsWorld& world,
                                                          const std::string& token) {
  sts::AssumeRoleWithWebIdentityRequest request;
  request.set_role_arn(kAuditor);
  request.set_role_session_name("jane-from-afar");
  request.set_web_identity_token(token);
  return world.Call<sts::AssumeRoleWithWebIdentityResponse>(
      Error{ErrorCode::kMissingAuthenticationToken, ""}, request);
}

// Condition keys have no case; who may choose a claim must not choose another one by it.
TEST_F(StsRegression, AClaimInOtherLettersIsAnother) {
  const auto trust_if = [&](const std::string& condition) {
    PutRole(Trust(R"({"Federated":"arn:aws:iam::111122223333:oidc-provider/idp.example/realm"})",
                  R"("sts:AssumeRoleWithWebIdentity")", condition));
  };
  trust_if(R"({"StringEquals":{"idp.example/realm:sub":"jane"}})");
  EXPECT_TRUE(AssumeWith(*this, Token(R"(,"sub":"jane","SUB":"john")")));
  EXPECT_FALSE(AssumeWith(*this, Token(R"(,"sub":"john","SUB":"jane","Sub":"jane")")));
  trust_if(R"({"ForAnyValue:StringEquals":{"idp.example/realm:amr":"otp"}})");
  EXPECT_TRUE(AssumeWith(*this, Token(R"(,"sub":"jane","amr":["otp"])")));
  EXPECT_FALSE(AssumeWith(*this, Token(R"(,"sub":"jane","AMR":["otp"])")));
  trust_if(R"({"StringEquals":{"idp.example/realm:groupid":"7"}})");
  EXPECT_TRUE(AssumeWith(*this, Token(R"(,"sub":"jane","groupId":"7")")));
  EXPECT_FALSE(AssumeWith(*this, Token(R"(,"sub":"jane","groupId":"8","GroupID":"7")")));
}

TEST_F(StsRegression, AnIdentityTokenIsOfNobodyInTheAccount) {
  const auto admitted_if = [&](const std::string& condition) {
    PutRole(Trust(R"("*")", R"("sts:*")", condition));
    return AssumeWith(*this, Token(R"(,"sub":"jane")")).has_value();
  };
  EXPECT_TRUE(admitted_if("{}"));
  EXPECT_FALSE(admitted_if(R"({"StringEquals":{"aws:PrincipalAccount":"111122223333"}})"));
  EXPECT_FALSE(admitted_if(R"({"StringEquals":{"aws:username":"jane"}})"));
  EXPECT_FALSE(admitted_if(R"({"ArnLike":{"aws:PrincipalArn":"*"}})"));
}

// The trail must not fill with what anybody at all can send.
TEST_F(StsRegression, AStrangersParametersTakeLittleRoomInTheTrail) {
  sts::AssumeRoleWithWebIdentityRequest request;
  request.set_role_arn(kAuditor);
  request.set_role_session_name("jane-from-afar");
  request.set_web_identity_token("none");
  for (int i = 0; i < 10; ++i) request.add_policy_arns()->set_arn(std::string(2048, 'x'));
  EXPECT_FALSE(Call<sts::AssumeRoleWithWebIdentityResponse>(
      Error{ErrorCode::kMissingAuthenticationToken, ""}, request));
  EXPECT_LT(core.audit.records().back().request_parameters_json.size(), 600U);
}

TEST_F(StsRegression, SessionsOfBeforeAMomentAreEndedByItsTime) {
  GiveRole({{"own", Document(kListKeys)}});
  const domain::Principal old = SessionOfRole();
  core.clock.Advance(std::chrono::seconds(1));
  GiveRole({{"own", Document(kListKeys)},
            {"end", Document(R"({"Effect":"Deny","Action":"*","Resource":"*","Condition":)"
                             R"({"DateLessThan":{"aws:TokenIssueTime":")" +
                             FormatIso8601(core.clock.Now()) + R"("}}})")}});
  EXPECT_FALSE(ListsKeys(old));
  EXPECT_TRUE(ListsKeys(SessionOfRole()));
}

}  // namespace
}  // namespace kmaas::api
