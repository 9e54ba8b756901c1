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
