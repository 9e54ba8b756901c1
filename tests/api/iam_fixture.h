// Users and roles that are made by the IAM API, and who act then.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "core/errors.h"
#include "identity/named_principals.h"
#include "kmaas/iam/v1/iam.pb.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/environment.h"

namespace kmaas::api {

namespace iam = ::kmaas::iam::v1;
namespace kms = ::kmaas::kms::v1;

inline std::string ArnOfUser(const std::string& name) {
  return "arn:aws:iam::111122223333:user/" + name;
}
inline std::string ArnOfRole(const std::string& name) {
  return "arn:aws:iam::111122223333:role/" + name;
}

// One statement or several (JSON, separated by commas) in a document.
inline std::string PolicyOf(const std::string& statements) {
  return R"({"Version":"2012-10-17","Statement":[)" + statements + "]}";
}
inline std::string Allowing(const std::string& action, const std::string& rest = "") {
  return R"({"Effect":"Allow","Action":")" + action + R"(","Resource":"*")" + rest + "}";
}
// The statement of a key policy or trust policy for one principal, as JSON: {"AWS":"..."}.
inline std::string AllowingTo(const std::string& principal, const std::string& action) {
  return R"({"Effect":"Allow","Principal":)" + principal + R"(,"Action":")" + action +
         (action.starts_with("kms:") ? R"(","Resource":"*"})" : R"("})");
}
inline std::string Aws(const std::string& name) { return R"({"AWS":")" + name + R"("})"; }

class IamWorld : public testing::Test {
 protected:
  template <class Response, class Request>
  Response Must(const std::string& operation, const Request& request) {
    return world_.Must<Response>(operation, request);
  }
  // AWS's name of the error, or "done".
  std::string Outcome(const domain::Principal& caller, const std::string& operation,
                      const google::protobuf::Message& request) {
    const auto reply = world_.SendAs(caller, operation, request);
    if (reply) return "done";
    last_message_ = reply.error().message;
    const core::Operation* called = FindOperationNamed(world_.registry, operation);
    return std::string(core::NameOf(core::RowOf(reply.error().code), called));
  }
  std::string Outcome(const std::string& operation, const google::protobuf::Message& request) {
    return Outcome(Administrator(), operation, request);
  }

  domain::Principal MakeUser(const std::string& name, const std::string& policy = "") {
    iam::CreateUserRequest request;
    request.set_user_name(name);
    (void)Must<iam::CreateUserResponse>("CreateUser", request);
    if (!policy.empty()) PutPolicy(name, policy);
    return Acting(ArnOfUser(name));
  }
  void PutPolicy(const std::string& user, const std::string& policy) {
    iam::PutUserPolicyRequest request;
    request.set_user_name(user);
    request.set_policy_name("own");
    request.set_policy_document(policy);
    (void)Must<iam::PutUserPolicyResponse>("PutUserPolicy", request);
  }
  void DeleteUser(const std::string& name) {
    iam::DeleteUserRequest request;
    request.set_user_name(name);
    (void)Must<iam::DeleteUserResponse>("DeleteUser", request);
  }
  domain::Principal MakeRole(const std::string& name, const std::string& trusted = Aws(kAccount)) {
    iam::CreateRoleRequest request;
    request.set_role_name(name);
    request.set_assume_role_policy_document(PolicyOf(AllowingTo(trusted, "sts:AssumeRole")));
    (void)Must<iam::CreateRoleResponse>("CreateRole", request);
    return Acting(ArnOfRole(name));
  }
  void DeleteRole(const std::string& name) {
    iam::DeleteRoleRequest request;
    request.set_role_name(name);
    (void)Must<iam::DeleteRoleResponse>("DeleteRole", request);
  }
  std::string MakePolicy(const std::string& name, const std::string& document) {  // its ARN
    iam::CreatePolicyRequest request;
    request.set_policy_name(name);
    request.set_policy_document(document);
    return Must<iam::CreatePolicyResponse>("CreatePolicy", request).policy().arn();
  }
  // As the credentials of whoever has this ARN today would prove him.
  domain::Principal Acting(const std::string& arn) {
    const auto found = identity::FindAnyPrincipal(world_.catalog, arn, world_.clock.Now());
    if (!found || !*found) throw std::runtime_error(arn + " is not there");
    return **found;
  }
  std::string DescribeKey(const domain::Principal& caller, const std::string& key) {
    kms::DescribeKeyRequest request;
    request.set_key_id(key);
    return Outcome(caller, "DescribeKey", request);
  }

  Environment world_;
  std::string last_message_;  // of the last refusal
};

}  // namespace kmaas::api
