// Goal: whoever may make users and roles can give them no more than he was meant to. The policies
// are those of the IAM user guide, "Delegating responsibility to others using permissions
// boundaries".
#include <functional>

#include "tests/api/iam_fixture.h"

namespace kmaas::api {
namespace {

constexpr char kRefused[] = "AccessDenied";

class Delegation : public IamWorld {
 protected:
  Delegation()
      : boundary_(MakePolicy("XCompanyBoundaries", PolicyOf(Allowing("kms:Describe*")))),
        other_boundary_(MakePolicy("Wide", PolicyOf(Allowing("*")))),
        allowed_(MakePolicy("Readers", PolicyOf(Allowing("kms:*")))),
        maria_(MakeUser("maria", DelegatedPolicy())) {}

  std::string DelegatedPolicy() const {
    const std::string with_boundary =
        R"(,"Condition":{"StringEquals":{"iam:PermissionsBoundary":")" + boundary_ + R"("}}})";
    return PolicyOf(
        R"({"Sid":"CreateOrChangeOnlyWithBoundary","Effect":"Allow","Action":["iam:CreateUser",)"
        R"("iam:CreateRole","iam:DeleteUserPolicy","iam:DeleteRolePolicy","iam:DetachUserPolicy",)"
        R"("iam:DetachRolePolicy","iam:PutUserPermissionsBoundary",)"
        R"("iam:PutRolePermissionsBoundary","iam:PutUserPolicy","iam:PutRolePolicy"],)"
        R"("Resource":"*")" +
        with_boundary +
        R"(,{"Effect":"Allow","Action":["iam:AttachUserPolicy","iam:AttachRolePolicy"],)"
        R"("Resource":"*","Condition":{"ArnEquals":{"iam:PolicyARN":")" +
        allowed_ + R"("},"StringEquals":{"iam:PermissionsBoundary":")" + boundary_ + R"("}}})" +
        R"(,{"Sid":"NoBoundaryUserDelete","Effect":"Deny",)"
        R"("Action":"iam:DeleteUserPermissionsBoundary","Resource":"*")" +
        with_boundary);
  }
  template <class Request>
  std::string Maria(const std::string& operation, const Request& request) {
    return Outcome(maria_, operation, request);
  }
  std::string Create(const std::string& name, const std::string& boundary) {
    iam::CreateUserRequest user;
    user.set_user_name(name);
    if (!boundary.empty()) user.set_permissions_boundary(boundary);
    iam::CreateRoleRequest role;
    role.set_role_name(name);
    role.set_assume_role_policy_document(PolicyOf(AllowingTo(Aws(kAccount), "sts:AssumeRole")));
    if (!boundary.empty()) role.set_permissions_boundary(boundary);
    const std::string outcome = Maria("CreateUser", user);
    EXPECT_EQ(Maria("CreateRole", role), outcome);
    return outcome;
  }
  // Outcomes of one operation on a user and of its twin on a role, which have to be the same.
  template <class UserRequest, class RoleRequest>
  std::string Both(const std::string& verb, const std::string& what, const std::string& name,
                   const std::function<void(google::protobuf::Message&)>& with) {
    UserRequest user;
    user.set_user_name(name);
    with(user);
    RoleRequest role;
    role.set_role_name(name);
    with(role);
    const std::string outcome = Maria(verb + "User" + what, user);
    EXPECT_EQ(Maria(verb + "Role" + what, role), outcome);
    return outcome;
  }
  static void Set(google::protobuf::Message& request, const std::string& field,
                  const std::string& value) {
    request.GetReflection()->SetString(&request, request.GetDescriptor()->FindFieldByName(field),
                                       value);
  }
  std::string Attach(const std::string& name, const std::string& arn) {
    return Both<iam::AttachUserPolicyRequest, iam::AttachRolePolicyRequest>(
        "Attach", "Policy", name, [&](auto& r) { Set(r, "policy_arn", arn); });
  }
  std::string Detach(const std::string& name, const std::string& arn) {
    return Both<iam::DetachUserPolicyRequest, iam::DetachRolePolicyRequest>(
        "Detach", "Policy", name, [&](auto& r) { Set(r, "policy_arn", arn); });
  }
  std::string PutInline(const std::string& name) {
    return Both<iam::PutUserPolicyRequest, iam::PutRolePolicyRequest>(
        "Put", "Policy", name, [](auto& r) {
          Set(r, "policy_name", "own");
          Set(r, "policy_document", PolicyOf(Allowing("kms:*")));
        });
  }
  std::string DeleteInline(const std::string& name) {
    return Both<iam::DeleteUserPolicyRequest, iam::DeleteRolePolicyRequest>(
        "Delete", "Policy", name, [](auto& r) { Set(r, "policy_name", "own"); });
  }
  std::string PutBoundary(const std::string& name, const std::string& arn) {
    return Both<iam::PutUserPermissionsBoundaryRequest, iam::PutRolePermissionsBoundaryRequest>(
        "Put", "PermissionsBoundary", name, [&](auto& r) { Set(r, "permissions_boundary", arn); });
  }
  // One with the boundary, and two that Maria did not make.
  void MakeOthers() {
    ASSERT_EQ(Create("zhang", boundary_), "done") << last_message_;
    (void)MakeUser("free");
    (void)MakeRole("free");
    (void)MakeUser("wide");
    (void)MakeRole("wide");
    iam::PutUserPermissionsBoundaryRequest user;
    user.set_user_name("wide");
    user.set_permissions_boundary(other_boundary_);
    ASSERT_EQ(Outcome("PutUserPermissionsBoundary", user), "done");
    iam::PutRolePermissionsBoundaryRequest role;
    role.set_role_name("wide");
    role.set_permissions_boundary(other_boundary_);
    ASSERT_EQ(Outcome("PutRolePermissionsBoundary", role), "done");
  }

  const std::string boundary_;
  const std::string other_boundary_;
  const std::string allowed_;
  const domain::Principal maria_;
};

TEST_F(Delegation, MakesNobodyWithoutTheBoundary) {
  EXPECT_EQ(Create("zhang", ""), kRefused);
  EXPECT_EQ(Create("zhang", other_boundary_), kRefused);
  EXPECT_EQ(Create("zhang", boundary_), "done");
}

TEST_F(Delegation, AttachesOnlyThePolicyAndOnlyToThoseWithTheBoundary) {
  MakeOthers();
  EXPECT_EQ(Attach("zhang", "arn:aws:iam::aws:policy/AdministratorAccess"), kRefused);
  EXPECT_EQ(Attach("zhang", other_boundary_), kRefused);
  EXPECT_EQ(Attach("zhang", allowed_), "done");
  for (const char* name : {"free", "wide"}) EXPECT_EQ(Attach(name, allowed_), kRefused);
  EXPECT_EQ(Detach("zhang", allowed_), "done");
  for (const char* name : {"free", "wide"}) EXPECT_EQ(Detach(name, allowed_), kRefused);
}

TEST_F(Delegation, ChangesInlinePoliciesOnlyOfThoseWithTheBoundary) {
  MakeOthers();
  EXPECT_EQ(PutInline("zhang"), "done");
  EXPECT_EQ(DeleteInline("zhang"), "done");
  for (const char* name : {"free", "wide", "nobody"}) {
    EXPECT_EQ(PutInline(name), kRefused) << name;
    EXPECT_EQ(DeleteInline(name), kRefused) << name;
  }
}

// What is asked for is the boundary that is put, as AWS documents it, not the one that is there.
TEST_F(Delegation, PutsTheBoundaryAndNoOther) {
  MakeOthers();
  for (const char* name : {"zhang", "free", "wide"}) {
    EXPECT_EQ(PutBoundary(name, other_boundary_), kRefused);
    EXPECT_EQ(PutBoundary(name, boundary_), "done");
  }
}

TEST_F(Delegation, TakesTheBoundaryOffNobody) {
  MakeOthers();
  PutPolicy("maria", DelegatedPolicy().insert(DelegatedPolicy().size() - 2,
                                              "," + Allowing("iam:Delete*Boundary")));
  iam::DeleteUserPermissionsBoundaryRequest request;
  request.set_user_name("zhang");
  EXPECT_EQ(Maria("DeleteUserPermissionsBoundary", request), kRefused);
  request.set_user_name("wide");
  EXPECT_EQ(Maria("DeleteUserPermissionsBoundary", request), "done");
}

// A boundary is nothing that the rest of IAM's operations could be asked about.
TEST_F(Delegation, AsksNoOtherOperationForABoundary) {
  MakeOthers();
  PutPolicy("maria", PolicyOf(Allowing("iam:*", R"(,"Condition":{"StringEquals":)"
                                                R"({"iam:PermissionsBoundary":")" +
                                                    boundary_ + R"("}})")));
  iam::DeleteUserRequest request;
  request.set_user_name("zhang");
  EXPECT_EQ(Maria("DeleteUser", request), kRefused);
  EXPECT_EQ(PutInline("zhang"), "done");
}

TEST_F(Delegation, MayGoByTheTagsOfWhomItIsAbout) {
  PutPolicy("maria",
            PolicyOf(Allowing("iam:GetUser",
                              R"(,"Condition":{"StringEquals":{"iam:ResourceTag/Team":"a"}})")));
  for (const char* team : {"a", "b"}) {
    iam::CreateUserRequest user;
    user.set_user_name(team);
    user.add_tags()->set_key("team");
    user.mutable_tags(0)->set_value(team);
    (void)Must<iam::CreateUserResponse>("CreateUser", user);
    iam::GetUserRequest get;
    get.set_user_name(team);
    EXPECT_EQ(Maria("GetUser", get), team == std::string("a") ? "done" : kRefused);
  }
}

}  // namespace
}  // namespace kmaas::api
