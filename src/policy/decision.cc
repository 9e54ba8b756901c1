#include "policy/decision.h"

#include <algorithm>
#include <utility>

#include "policy/grant_match.h"
#include "policy/statement.h"

namespace kmaas::policy {
namespace {

constexpr std::string_view kKeyPolicyName = "key policy";
constexpr std::string_view kTrustPolicyName = "trust policy";

// What a policy, or several that count as one, say; the first of a kind is kept.
struct Voice {
  bool present = false;
  std::string_view allowing;
  const Statement* allow = nullptr;
  PrincipalMatch match = PrincipalMatch::kNone;
};

struct Denial {
  Decider decider = Decider::kNobody;
  std::string_view policy_name;
  const Statement* statement = nullptr;
};

// One decision on its way.
class Deliberation {
 public:
  Deliberation(const Question& question, std::vector<TraceLine>* trace)
      : question_(question), trace_(trace) {}

  Decision Decide();

 private:
  void HearAll();
  void Hear(Decider decider, std::string_view name, const Policy& policy, Voice& voice);

  bool SameAccount() const { return question_.principal.account == question_.resource_account; }
  bool IsRoot() const { return question_.principal.type == domain::PrincipalType::kRoot; }
  bool IsService() const { return question_.principal.type == domain::PrincipalType::kService; }

  Decision WithoutResourcePolicy() const;
  Decision ByResourcePolicy() const;
  Decision ByGrant(const domain::Grant& grant) const;
  Decision AnyGrant() const;
  Decision Narrowed(Decision allowed) const;
  Decision ByIdentity() const;
  Decision WithUncounted(Decision decision) const;

  const Question& question_;
  std::vector<TraceLine>* trace_;
  Voice resource_;
  Voice identity_;
  Voice boundary_;
  Voice session_;
  Denial denial_;
};

Decision Refusal(Outcome outcome, Decider decider = Decider::kNobody,
                 std::string_view policy_name = {}) {
  Decision decision;
  decision.outcome = outcome;
  decision.decider = decider;
  decision.policy_name = policy_name;
  return decision;
}

Decision Allowed(Decider decider, std::string_view policy_name, const Statement* statement) {
  Decision decision;
  decision.outcome = Outcome::kAllowed;
  decision.decider = decider;
  decision.policy_name = policy_name;
  decision.statement = statement;
  return decision;
}

void Deliberation::Hear(Decider decider, std::string_view name, const Policy& policy,
                        Voice& voice) {
  const Request request{question_.action, question_.resource, question_.context};
  const Finding finding = policy.Evaluate(request, question_.principal);
  voice.present = true;
  if (trace_ != nullptr) trace_->push_back({std::string(name), finding});
  if (finding.deny != nullptr && denial_.statement == nullptr)
    denial_ = {decider, name, finding.deny};
  if (finding.allow != nullptr && voice.allow == nullptr) {
    voice.allowing = name;
    voice.allow = finding.allow;
    voice.match = finding.match;
  }
}

// Every policy is heard before anything is decided: an explicit deny in any of them wins.
void Deliberation::HearAll() {
  if (const Policy* policy = question_.resource_policy) {
    const bool trust = policy->kind() == PolicyKind::kTrust;
    Hear(Decider::kKeyPolicy, trust ? kTrustPolicyName : kKeyPolicyName, *policy, resource_);
  }
  for (const NamedPolicy& own : question_.identity.policies)
    Hear(Decider::kIdentityPolicy, own.name, *own.policy, identity_);
  if (const auto& boundary = question_.identity.boundary)
    Hear(Decider::kBoundary, boundary->name, *boundary->policy, boundary_);
  for (const NamedPolicy& session : question_.identity.session)
    Hear(Decider::kSessionPolicy, session.name, *session.policy, session_);
}

// `allowed`, unless the boundary or the session policies are silent.
Decision Deliberation::Narrowed(Decision allowed) const {
  if (boundary_.present && boundary_.allow == nullptr) {
    return Refusal(Outcome::kNoBoundaryAllow, Decider::kBoundary,
                   question_.identity.boundary->name);
  }
  if (session_.present && session_.allow == nullptr) {
    return Refusal(Outcome::kNoSessionAllow, Decider::kSessionPolicy,
                   question_.identity.session.front().name);
  }
  return allowed;
}

// The identity side alone. The root of an account has no policies and needs none.
Decision Deliberation::ByIdentity() const {
  if (IsRoot()) return Narrowed(Allowed(Decider::kRoot, {}, nullptr));
  if (identity_.allow == nullptr) return Refusal(Outcome::kNoIdentityAllow);
  return Narrowed(Allowed(Decider::kIdentityPolicy, identity_.allowing, identity_.allow));
}

Decision Deliberation::WithoutResourcePolicy() const {
  return SameAccount() ? ByIdentity() : Refusal(Outcome::kNoResourceAllow);
}

Decision Deliberation::ByResourcePolicy() const {
  if (resource_.allow == nullptr) return Refusal(Outcome::kNoResourceAllow);
  const Decision allowed = Allowed(Decider::kKeyPolicy, resource_.allowing, resource_.allow);
  const bool exact = resource_.match == PrincipalMatch::kExact;
  // A service belongs to no account.
  if (IsService()) return allowed;
  if (!SameAccount()) {
    const Decision identity = ByIdentity();
    return identity.allowed() ? allowed : identity;
  }
  // AWS: what a resource policy gives to the ARN of a user or of a session is not limited by what
  // a boundary or a session policy leaves out.
  if (exact) return allowed;
  if (resource_.match == PrincipalMatch::kAccount) return ByIdentity();
  return Narrowed(allowed);
}

Decision Deliberation::ByGrant(const domain::Grant& grant) const {
  const PrincipalMatch match = MatchGrantee(grant, question_.principal);
  if (match == PrincipalMatch::kNone || !GrantCovers(grant, question_))
    return Refusal(Outcome::kNoResourceAllow);
  Decision allowed = Allowed(Decider::kGrant, {}, nullptr);
  allowed.grant = &grant;
  if (match == PrincipalMatch::kExact) return allowed;
  if (match == PrincipalMatch::kAccount) {
    const Decision identity = ByIdentity();
    return identity.allowed() ? allowed : identity;
  }
  return Narrowed(allowed);
}

// The first grant that allows; else why the first that concerns the caller does not.
Decision Deliberation::AnyGrant() const {
  Decision refused = Refusal(Outcome::kNoResourceAllow);
  for (const auto& grant : question_.grants) {
    const Decision decision = ByGrant(*grant);
    if (decision.allowed()) return decision;
    if (refused.outcome == Outcome::kNoResourceAllow) refused = decision;
  }
  return refused;
}

Decision Deliberation::WithUncounted(Decision decision) const {
  if (decision.outcome != Outcome::kNoResourceAllow) return decision;
  decision.uncounted_policy_name = identity_.allowing;
  decision.uncounted = identity_.allow;
  return decision;
}

Decision Deliberation::Decide() {
  HearAll();
  if (denial_.statement != nullptr) {
    Decision denied = Refusal(Outcome::kExplicitDeny, denial_.decider, denial_.policy_name);
    denied.statement = denial_.statement;
    return denied;
  }
  if (question_.resource_policy == nullptr) return WithoutResourcePolicy();
  const Decision decision = ByResourcePolicy();
  if (decision.allowed()) return decision;
  if (question_.resource_policy->kind() != PolicyKind::kKey) return WithUncounted(decision);
  const Decision granted = AnyGrant();
  const bool says_more = granted.allowed() || decision.outcome == Outcome::kNoResourceAllow;
  return WithUncounted(says_more ? granted : decision);
}

std::string Why(const Decision& decision) {
  const std::string name(decision.policy_name);
  switch (decision.outcome) {
    case Outcome::kNoIdentityAllow:
      return "no identity policy allows";
    case Outcome::kNoBoundaryAllow:
      return "the permissions boundary " + name + " does not allow";
    case Outcome::kNoSessionAllow:
      return "no session policy allows";
    default:
      break;
  }
  const std::string nothing = "no resource policy and no grant allows";
  if (decision.uncounted == nullptr) return nothing;
  return nothing + "; missing delegation: " + std::string(decision.uncounted_policy_name) + ", " +
         decision.uncounted->Describe() + " would, but the resource policy does not let it count";
}

}  // namespace

std::string Decision::Describe() const {
  if (grant != nullptr) return "grant " + grant->id;
  if (statement == nullptr) return decider == Decider::kRoot ? "account root" : Why(*this);
  const std::string what = std::string(policy_name) + ", " + statement->Describe();
  return outcome == Outcome::kExplicitDeny ? "denied by " + what : what;
}

Decision Decide(const Question& question, std::vector<TraceLine>* trace) {
  return Deliberation(question, trace).Decide();
}

}  // namespace kmaas::policy
