#include "tests/component/policy_oracle/engine.h"

#include <algorithm>

namespace kmaas::policy_oracle {
namespace {

class MapContext final : public policy::ConditionContext {
 public:
  explicit MapContext(const Context& context) : context_(context) {}
  bool Values(const policy::ConditionKey& key,
              std::vector<std::string_view>& values) const override {
    const auto found = context_.find(key.text);
    if (found == context_.end()) return false;
    values.insert(values.end(), found->second.begin(), found->second.end());
    return true;
  }

 private:
  const Context& context_;
};

domain::Principal PrincipalOf(const Caller& caller) {
  domain::Principal principal;
  principal.account = caller.account;
  principal.arn = caller.arn;
  principal.type = caller.kind == Caller::Kind::kRoot   ? domain::PrincipalType::kRoot
                   : caller.kind == Caller::Kind::kUser ? domain::PrincipalType::kIamUser
                                                        : domain::PrincipalType::kAssumedRole;
  if (caller.kind == Caller::Kind::kRoleSession) {
    domain::Session session;
    session.role_arn = caller.role_arn;
    session.role_name = caller.role_arn.substr(caller.role_arn.rfind('/') + 1);
    session.session_name = caller.arn.substr(caller.arn.rfind('/') + 1);
    principal.session = std::make_shared<const domain::Session>(session);
  } else if (caller.kind == Caller::Kind::kUser) {
    principal.user_name = caller.arn.substr(caller.arn.rfind('/') + 1);
  }
  return principal;
}

std::shared_ptr<const domain::Grant> GrantOf(const GrantText& text) {
  domain::Grant grant;
  grant.grantee = text.grantee;
  grant.operations = text.operations;
  std::sort(grant.operations.begin(), grant.operations.end());
  grant.constraints = {text.context_equals, text.context_subset, text.source_arn};
  return std::make_shared<const domain::Grant>(grant);
}

Verdict VerdictOf(policy::Outcome outcome) {
  switch (outcome) {
    case policy::Outcome::kAllowed:
      return Verdict::kAllowed;
    case policy::Outcome::kExplicitDeny:
      return Verdict::kExplicitDeny;
    case policy::Outcome::kNoResourceAllow:
      return Verdict::kNoResourceAllow;
    case policy::Outcome::kNoIdentityAllow:
      return Verdict::kNoIdentityAllow;
    case policy::Outcome::kNoBoundaryAllow:
      return Verdict::kNoBoundaryAllow;
    case policy::Outcome::kNoSessionAllow:
      return Verdict::kNoSessionAllow;
  }
  return Verdict::kExplicitDeny;
}

}  // namespace

policy::NamedPolicy Engine::Compile(const PolicyText& text, policy::PolicyKind kind,
                                    const std::string& name) {
  auto compiled = policy::Policy::Compile(ToJson(text), kind);
  if (!compiled) {
    refusal_ += name + ": " + compiled.error().message + "\n" + ToJson(text) + "\n";
    return {name, nullptr};
  }
  return {name, *compiled};
}

Engine::Engine(const World& world) : account_(world.account), resource_(world.arn) {
  if (world.kind == World::Kind::kKey)
    resource_policy_ = Compile(world.resource_policy, policy::PolicyKind::kKey, "key policy");
  if (world.kind == World::Kind::kRole)
    resource_policy_ = Compile(world.resource_policy, policy::PolicyKind::kTrust, "trust policy");
  for (const auto& text : world.identity)
    identity_.policies.push_back(Compile(text, policy::PolicyKind::kIdentity, "identity"));
  if (world.boundary)
    identity_.boundary = Compile(*world.boundary, policy::PolicyKind::kIdentity, "boundary");
  for (const auto& text : world.session)
    identity_.session.push_back(Compile(text, policy::PolicyKind::kIdentity, "session"));
  for (const auto& text : world.grants) grants_.push_back(GrantOf(text));
}

Verdict Engine::Decide(const Ask& ask) const {
  static const policy::IdentitySide kNobodys;  // the root has no policies
  const bool root = ask.caller.kind == Caller::Kind::kRoot;
  const domain::Principal principal = PrincipalOf(ask.caller);
  const MapContext context(ask.context);
  policy::Question question{.principal = principal,
                            .action = ask.action,
                            .resource = resource_,
                            .resource_account = account_,
                            .context = context,
                            .identity = root ? kNobodys : identity_,
                            .resource_policy = resource_policy_.policy.get(),
                            .grants = grants_,
                            .encryption_context = nullptr};
  if (ask.encryption_context) question.encryption_context = &*ask.encryption_context;
  return VerdictOf(policy::Decide(question).outcome);
}

}  // namespace kmaas::policy_oracle
