// Goal: what a simulation says of a user, group or role is what the decision says.
#include "tests/api/iam_fixture.h"

namespace kmaas::api {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class Simulation : public IamWorld {
 protected:
  Simulation() {
    (void)MakeUser("anna", PolicyOf(Allowing("kms:Encrypt") + "," + Allowing("kms:List*") +
                                    R"(,{"Effect":"Deny","Action":"kms:Sign","Resource":"*"})"));
    iam::CreateGroupRequest group;
    group.set_group_name("readers");
    (void)Must<iam::CreateGroupResponse>("CreateGroup", group);
    iam::PutGroupPolicyRequest inline_policy;
    inline_policy.set_group_name("readers");
    inline_policy.set_policy_name("own");
    inline_policy.set_policy_document(PolicyOf(Allowing("kms:Decrypt")));
    (void)Must<iam::PutGroupPolicyResponse>("PutGroupPolicy", inline_policy);
    iam::AddUserToGroupRequest member;
    member.set_user_name("anna");
    member.set_group_name("readers");
    (void)Must<iam::AddUserToGroupResponse>("AddUserToGroup", member);
    iam::AttachUserPolicyRequest attach;
    attach.set_user_name("anna");
    attach.set_policy_arn(MakePolicy("Signers", PolicyOf(Allowing("kms:*Sign*"))));
    (void)Must<iam::AttachUserPolicyResponse>("AttachUserPolicy", attach);
    (void)MakeRole("worker");
    iam::PutRolePolicyRequest of_role;
    of_role.set_role_name("worker");
    of_role.set_policy_name("own");
    of_role.set_policy_document(PolicyOf(Allowing("kms:Encrypt")));
    (void)Must<iam::PutRolePolicyResponse>("PutRolePolicy", of_role);
  }
  void SetBoundary(const std::string& document) {
    iam::PutUserPermissionsBoundaryRequest request;
    request.set_user_name("anna");
    request.set_permissions_boundary(MakePolicy("Boundary", document));
    (void)Must<iam::PutUserPermissionsBoundaryResponse>("PutUserPermissionsBoundary", request);
  }
  iam::EvaluationResult Simulated(const std::string& arn, const std::string& action) {
    iam::SimulatePrincipalPolicyRequest request;
    request.set_policy_source_arn(arn);
    request.add_action_names(action);
    return Must<iam::SimulatePrincipalPolicyResponse>("SimulatePrincipalPolicy", request)
        .evaluation_results(0);
  }
  static std::vector<std::string> SourcesOf(const iam::EvaluationResult& result) {
    std::vector<std::string> ids;
    for (const auto& one : result.matched_statements()) ids.push_back(one.source_policy_id());
    return ids;
  }
  // Simulated and decided, which have to be the same, of several actions.
  std::vector<bool> Allowed(const std::string& arn) {
    std::vector<bool> all;
    const domain::Principal caller = Acting(arn);
    for (const char* action : {"kms:Encrypt", "kms:Decrypt", "kms:Sign", "kms:ListKeys", "iam:X"}) {
      const bool decided =
          world_.authoriser.Decide({.principal = caller, .action = action}).has_value();
      EXPECT_EQ(Simulated(arn, action).eval_decision() == "allowed", decided) << action;
      all.push_back(decided);
    }
    return all;
  }
};

TEST_F(Simulation, SaysWhatTheDecisionSays) {
  EXPECT_THAT(Allowed(ArnOfUser("anna")), ElementsAre(true, true, false, true, false));
  EXPECT_THAT(Allowed(ArnOfRole("worker")), ElementsAre(true, false, false, false, false));
  SetBoundary(PolicyOf(Allowing("kms:*crypt")));
  EXPECT_THAT(Allowed(ArnOfUser("anna")), ElementsAre(true, true, false, false, false));
}

TEST_F(Simulation, NamesPoliciesAsAwsDoes) {
  EXPECT_THAT(SourcesOf(Simulated(ArnOfUser("anna"), "kms:Encrypt")), ElementsAre("user_anna_own"));
  EXPECT_THAT(SourcesOf(Simulated(ArnOfUser("anna"), "kms:Decrypt")),
              ElementsAre("group_readers_own"));
  EXPECT_THAT(SourcesOf(Simulated(ArnOfUser("anna"), "kms:ListSignatures")),
              UnorderedElementsAre("user_anna_own", "Signers"));
  EXPECT_THAT(SourcesOf(Simulated("arn:aws:iam::111122223333:group/readers", "kms:Decrypt")),
              ElementsAre("group_readers_own"));
  EXPECT_THAT(SourcesOf(Simulated(ArnOfRole("worker"), "kms:Encrypt")),
              ElementsAre("role_worker_own"));
}

TEST_F(Simulation, IsOfWhoIsThere) {
  iam::SimulatePrincipalPolicyRequest request;
  request.add_action_names("kms:Encrypt");
  for (const char* arn :
       {"arn:aws:iam::111122223333:user/otto", "arn:aws:iam::111122223333:user/Anna",
        "arn:aws:iam::111122223333:group/x", "arn:aws:iam::111122223333:role/anna",
        "arn:aws:iam::111122223333:root", "arn:aws:sts::111122223333:assumed-role/worker/any"}) {
    request.set_policy_source_arn(arn);
    EXPECT_EQ(Outcome("SimulatePrincipalPolicy", request), "NoSuchEntity") << arn;
  }
  request.set_policy_source_arn("arn:aws:iam::999988887777:user/anna");
  EXPECT_EQ(Outcome("SimulatePrincipalPolicy", request), "AccessDenied");
}

}  // namespace
}  // namespace kmaas::api
