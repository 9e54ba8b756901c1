// What tests of policies say often: callers, a context of fixed values, one-statement policies.
#pragma once

#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/principal.h"
#include "policy/policy.h"
#include "policy/statement.h"

namespace kmaas::policy {

inline constexpr char kAccount[] = "111122223333";
inline constexpr char kOtherAccount[] = "444455556666";
inline constexpr char kKeyArn[] =
    "arn:aws:kms:eu-central-1:111122223333:key/12345678-1234-4234-8234-123456789012";

// Keys that were not set are absent.
class FixedContext final : public ConditionContext {
 public:
  FixedContext() = default;
  FixedContext(std::string_view name, std::vector<std::string> values) {
    Set(name, std::move(values));
  }
  void Set(std::string_view name, std::vector<std::string> values) {
    values_[ConditionKey::Parse(name).value().text] = std::move(values);
  }
  bool Values(const ConditionKey& key, std::vector<std::string_view>& values) const override {
    const auto found = values_.find(key.text);
    if (found == values_.end()) return false;
    values.insert(values.end(), found->second.begin(), found->second.end());
    return true;
  }

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

inline std::string UserArn(const std::string& name, const std::string& account = kAccount) {
  return "arn:aws:iam::" + account + ":user/" + name;
}
inline std::string RoleArn(const std::string& name, const std::string& account = kAccount) {
  return "arn:aws:iam::" + account + ":role/" + name;
}
inline std::string SessionArn(const std::string& role, const std::string& account = kAccount) {
  return "arn:aws:sts::" + account + ":assumed-role/" + role + "/session";
}

inline domain::Principal User(const std::string& name, const std::string& account = kAccount) {
  domain::Principal principal;
  principal.account = account;
  principal.arn = UserArn(name, account);
  principal.user_name = name;
  return principal;
}

inline domain::Principal Root(const std::string& account = kAccount) {
  domain::Principal principal;
  principal.type = domain::PrincipalType::kRoot;
  principal.account = account;
  principal.arn = "arn:aws:iam::" + account + ":root";
  return principal;
}

inline domain::Principal InRole(const std::string& role, const std::string& account = kAccount) {
  auto session = std::make_shared<domain::Session>();
  session->role_arn = RoleArn(role, account);
  session->role_name = role;
  session->session_name = "session";
  domain::Principal principal;
  principal.type = domain::PrincipalType::kAssumedRole;
  principal.account = account;
  principal.arn = SessionArn(role, account);
  principal.session = session;
  return principal;
}

inline domain::Principal WebIdentity(const std::string& issuer) {
  auto session = std::make_shared<domain::Session>();
  session->federated_provider = issuer;
  domain::Principal principal;
  principal.type = domain::PrincipalType::kAssumedRole;
  principal.account = kAccount;
  principal.session = session;
  return principal;
}

inline domain::Principal Service(const std::string& name) {
  domain::Principal principal;
  principal.type = domain::PrincipalType::kService;
  principal.arn = name;
  return principal;
}

inline std::shared_ptr<const Policy> Compiled(std::string_view text, PolicyKind kind) {
  auto policy = Policy::Compile(text, kind);
  if (!policy) std::abort();
  return *policy;
}

// Of one statement or several, separated by commas.
inline std::string Document(const std::string& statements,
                            const std::string& version = "2012-10-17") {
  return R"({"Version":")" + version + R"(","Statement":[)" + statements + "]}";
}
inline std::string Statement1(const std::string& effect, const std::string& rest) {
  return R"({"Effect":")" + effect + "\"," + rest + "}";
}
inline std::string KeyStatement(const std::string& effect, const std::string& principal) {
  return Statement1(effect, R"("Principal":)" + principal + R"(,"Action":"kms:*","Resource":"*")");
}

// An identity policy that allows everything under a condition.
inline std::string Conditional(const std::string& condition,
                               const std::string& version = "2012-10-17") {
  return Document(Statement1("Allow", R"("Action":"*","Resource":"*","Condition":)" + condition),
                  version);
}

inline bool Allows(const Policy& policy, const ConditionContext& context,
                   std::string_view action = "kms:Decrypt", std::string_view resource = kKeyArn) {
  return policy.Evaluate({action, resource, context}, User("anna")).allow != nullptr;
}

}  // namespace kmaas::policy
