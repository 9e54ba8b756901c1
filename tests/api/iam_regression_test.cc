// Classes of defects that have hit key management systems (docs/threat-model.md), in the management
// of identities: a condition that is asked and not answered protects nobody.
#include <gtest/gtest.h>

#include "tests/api/rights_fixture.h"

namespace kmaas::api {
namespace {

constexpr char kEverything[] = R"({"Effect":"Allow","Action":"iam:*","Resource":"*"},)";

// Everything in IAM, but for what `denied` (JSON: an action or a list) names under `condition`.
std::string AllBut(const std::string& denied, const std::string& condition) {
  return R"({"Version":"2012-10-17","Statement":[)" + std::string(kEverything) +
         R"({"Effect":"Deny","Action":)" + denied + R"(,"Resource":"*","Condition":)" + condition +
         "}]}";
}

class IamRegression : public Rights {
 protected:
  template <class Request>
  bool JaneMay(const Request& request) {
    std::string name = Request::descriptor()->name();
    name.resize(name.size() - std::string("Request").size());
    const auto reply = world_.SendAs(jane_, name, request);
    if (!reply && reply.error().code != ErrorCode::kAccessDenied)
      throw std::runtime_error(name + ": " + reply.error().message + reply.error().detail);
    return reply.has_value();
  }
  template <class Request>
  static Request Tagged(const std::string& key, const std::string& value) {
    Request request;
    iam::Tag& tag = *request.add_tags();
    tag.set_key(key);
    tag.set_value(value);
    return request;
  }
  void MakeUser(const std::string& name, const std::string& boundary = "") {
    auto request = Tagged<iam::CreateUserRequest>("Protected", "yes");
    request.set_user_name(name);
    if (!boundary.empty()) request.set_permissions_boundary(boundary);
    Do(request);
  }
};

TEST_F(IamRegression, TagsOfARequestAreAskedFor) {
  auto tag = Tagged<iam::TagUserRequest>("Clearance", "top");
  tag.set_user_name("jane");
  iam::UntagUserRequest untag;
  untag.set_user_name("jane");
  untag.add_tag_keys("clearance");
  const std::string keys = R"({"ForAnyValue:StringEqualsIgnoreCase":{"aws:TagKeys":"clearance"}})";
  PutUserPolicy(AllBut(R"("iam:*")", keys));
  EXPECT_FALSE(JaneMay(tag));
  EXPECT_FALSE(JaneMay(untag));
  PutUserPolicy(AllBut(R"("iam:*")", R"({"StringEquals":{"aws:RequestTag/clearance":"top"}})"));
  EXPECT_FALSE(JaneMay(tag));
  tag.mutable_tags(0)->set_value("low");
  EXPECT_TRUE(JaneMay(tag));
}

TEST_F(IamRegression, WhoMayMakeSomethingMayNotTagItForThatReason) {
  PutUserPolicy(AllBut(R"(["iam:TagUser","iam:TagPolicy"])", "{}"));
  auto user = Tagged<iam::CreateUserRequest>("Clearance", "top");
  user.set_user_name("john");
  auto policy = Tagged<iam::CreatePolicyRequest>("Clearance", "top");
  policy.set_policy_name("own");
  policy.set_policy_document(OneStatement("Allow", "kms:Encrypt"));
  EXPECT_FALSE(JaneMay(user));
  EXPECT_FALSE(JaneMay(policy));
  user.clear_tags();
  policy.clear_tags();
  EXPECT_TRUE(JaneMay(user));
  EXPECT_TRUE(JaneMay(policy));
}

// The further action is asked on what is made, as the first one is.
TEST_F(IamRegression, TaggingIsAskedOnWhatIsMade) {
  const std::string johns = R"("Resource":"arn:aws:iam::111122223333:user/john")";
  PutUserPolicy(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":)"
                R"(["iam:CreateUser","iam:TagUser"],)" +
                johns + "}}");
  auto user = Tagged<iam::CreateUserRequest>("Clearance", "top");
  user.set_user_name("john");
  EXPECT_TRUE(JaneMay(user));
}

TEST_F(IamRegression, TagsOfAnEntityAreAskedFor) {
  MakeUser("john");
  iam::CreateAccessKeyRequest request;
  request.set_user_name("john");
  for (const std::string prefix : {"iam", "aws"}) {
    PutUserPolicy(AllBut(R"("iam:*")",
                         R"({"StringEquals":{")" + prefix + R"(:ResourceTag/protected":"yes"}})"));
    EXPECT_FALSE(JaneMay(request)) << prefix;
    PutUserPolicy(AllBut(R"("iam:*")",
                         R"({"StringEquals":{")" + prefix + R"(:ResourceTag/protected":"no"}})"));
    EXPECT_TRUE(JaneMay(request)) << prefix;
  }
}

TEST_F(IamRegression, TheBoundaryOfAnEntityIsAskedFor) {
  const std::string boundary = "arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser";
  MakeUser("john", boundary);
  MakeUser("free");
  const std::string condition =
      R"({"StringEquals":{"iam:PermissionsBoundary":")" + boundary + R"("}})";
  PutUserPolicy(AllBut(R"("iam:*")", condition));
  iam::PutUserPolicyRequest put;
  put.set_policy_name("own");
  put.set_policy_document(OneStatement("Allow", "kms:Encrypt"));
  iam::DeleteUserPermissionsBoundaryRequest unbind;
  put.set_user_name("john");
  unbind.set_user_name("john");
  EXPECT_FALSE(JaneMay(put));
  EXPECT_FALSE(JaneMay(unbind));
  put.set_user_name("free");
  EXPECT_TRUE(JaneMay(put));
  // The way in which the making of policies is left to somebody: for users with this boundary only.
  PutUserPolicy(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*",)"
                R"("Resource":"*","Condition":)" +
                condition + "}}");
  EXPECT_FALSE(JaneMay(put));
  put.set_user_name("john");
  EXPECT_TRUE(JaneMay(put));
}

// White space does not count towards AWS's quota, and takes its room all the same.
TEST_F(IamRegression, PoliciesDoNotGrowWithoutBoundByWhiteSpace) {
  iam::PutUserPolicyRequest request;
  request.set_user_name("jane");
  request.set_policy_document(R"({"Statement":[]})" + std::string(100'000, ' '));
  request.set_policy_name("first");
  Do(request);
  request.set_policy_name("second");
  const auto refused = world_.Send("PutUserPolicy", request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLimitExceeded);
}

TEST_F(IamRegression, ASimulationEndsWithItsDeadline) {
  iam::SimulateCustomPolicyRequest request;
  request.add_policy_input_list(OneStatement("Allow", "kms:Encrypt"));
  request.add_action_names("kms:Encrypt");
  DirectCall in_time("SimulateCustomPolicy", request, Administrator(),
                     Deadline::After(world_.clock, std::chrono::seconds(1)));
  EXPECT_TRUE(world_.pipeline.Serve(in_time));
  DirectCall late("SimulateCustomPolicy", request, Administrator(),
                  Deadline{world_.clock.SteadyNow()});
  const auto refused = world_.pipeline.Serve(late);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
}

// A stolen session would make itself an access key, and survive its end.
TEST_F(IamRegression, ASessionWithoutASecondFactorManagesNoIdentities) {
  auto session = std::make_shared<domain::Session>();
  domain::Principal caller = Administrator();
  caller.access_key_id = "ASIAEXAMPLE";
  caller.session = session;
  const auto refused = world_.SendAs(caller, "ListUsers", iam::ListUsersRequest());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnrecognizedClient);
  EXPECT_TRUE(world_.SendAs(caller, "ListKeys", kms::ListKeysRequest()));
  session->mfa_time = world_.clock.Now();
  EXPECT_TRUE(world_.SendAs(caller, "ListUsers", iam::ListUsersRequest()));
}

TEST_F(IamRegression, AnAccountHasNoMoreGroupsThanItsQuota) {
  constexpr int kQuota = 300;
  iam::CreateGroupRequest request;
  for (int i = 0; i < kQuota; ++i) {
    request.set_group_name("group" + std::to_string(i));
    Do(request);
  }
  request.set_group_name("one-more");
  const auto refused = world_.Send("CreateGroup", request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(refused.error().message, "Cannot exceed quota for GroupsPerAccount: 300");
}

}  // namespace
}  // namespace kmaas::api
