// Users, keys and policies as callers make them, and who may encrypt with what.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "kmaas/iam/v1/iam.pb.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/environment.h"

namespace kmaas::api {

namespace kms = ::kmaas::kms::v1;
namespace iam = ::kmaas::iam::v1;

inline constexpr char kJaneArn[] = "arn:aws:iam::111122223333:user/jane";

// A policy of one statement with this effect, action and whatever else (JSON members).
inline std::string OneStatement(const std::string& effect, const std::string& action,
                                const std::string& more = R"("Resource":"*")") {
  return R"({"Version":"2012-10-17","Statement":{"Effect":")" + effect + R"(","Action":")" +
         action + R"(",)" + more + "}}";
}

// The account decides, and whatever `statements` (JSON, each with a comma before it) add.
inline std::string KeyPolicyWith(const std::string& statements = "") {
  return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":)"
         R"({"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"})" +
         statements + "]}";
}

class Rights : public testing::Test {
 protected:
  Rights() : arn_(world_.MakeKey()) {
    iam::CreateUserRequest request;
    request.set_user_name("jane");
    const auto reply = world_.Must<iam::CreateUserResponse>("CreateUser", request);
    jane_ = {domain::PrincipalType::kIamUser, kAccount, kJaneArn,
             reply.user().user_id(),          "jane",   "AKIAJANEJANEJANEJANE"};
  }

  // By the administrator; throws when it is refused.
  template <class Request>
  void Do(const Request& request) {
    std::string name = Request::descriptor()->name();
    name.resize(name.size() - std::string("Request").size());
    const auto reply = world_.Send(name, request);
    if (!reply)
      throw std::runtime_error(name + ": " + reply.error().message + reply.error().detail);
  }
  void PutUserPolicy(const std::string& document) {
    iam::PutUserPolicyRequest request;
    request.set_user_name("jane");
    request.set_policy_name("own");
    request.set_policy_document(document);
    Do(request);
  }
  void PutKeyPolicy(const std::string& document, const std::string& key) {
    kms::PutKeyPolicyRequest request;
    request.set_key_id(key);
    request.set_policy(document);
    Do(request);
  }
  Result<core::WipedMessage> Encrypt(const domain::Principal& who, const std::string& key) {
    kms::EncryptRequest request;
    request.set_key_id(key);
    request.set_plaintext("x");
    return world_.SendAs(who, "Encrypt", request);
  }
  bool JaneEncrypts(const std::string& key) { return Encrypt(jane_, key).has_value(); }
  bool JaneEncrypts() { return JaneEncrypts(arn_); }

  Environment world_;
  std::string arn_;
  domain::Principal jane_;
};

}  // namespace kmaas::api
