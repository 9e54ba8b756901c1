#include "core/policy_authoriser.h"

#include <algorithm>
#include <map>

#include "base/ascii_case.h"
#include "core/request_conditions.h"
#include "core/standing_conditions.h"
#include "domain/principal_names.h"
#include "policy/statement.h"

namespace kmaas::core {
namespace {

using policy::Outcome;
using Grants = std::vector<std::shared_ptr<const domain::Grant>>;

constexpr std::size_t kPoliciesKeptMax = 100'000;

// How AWS calls the kind of policy that denied.
std::string_view KindOf(policy::Decider decider) {
  switch (decider) {
    case policy::Decider::kIdentityPolicy:
      return "an identity-based policy";
    case policy::Decider::kBoundary:
      return "a permissions boundary";
    case policy::Decider::kSessionPolicy:
      return "a session policy";
    default:
      return "a resource-based policy";
  }
}

std::string ReasonOf(const policy::Decision& decision, const std::string& action) {
  const auto because = [&action](std::string_view kind) {
    return " because no " + std::string(kind) + " allows the " + action + " action";
  };
  switch (decision.outcome) {
    case Outcome::kExplicitDeny:
      return " with an explicit deny in " + std::string(KindOf(decision.decider));
    case Outcome::kNoIdentityAllow:
      return because("identity-based policy");
    case Outcome::kNoBoundaryAllow:
      return because("permissions boundary");
    case Outcome::kNoSessionAllow:
      return because("session policy");
    default:
      return because("resource-based policy");
  }
}

std::string ResourceOf(const AccessQuestion& question) {
  return question.key != nullptr ? question.key->arn() : std::string(question.resource);
}

Error Denied(const AccessQuestion& question, const policy::Decision& decision) {
  const std::string action(question.action);
  if (question.key != nullptr && question.key->account != question.principal.account) {
    Error foreign = ForeignKeyDenied(question.principal, action, question.key->arn());
    foreign.detail = decision.Describe();
    return foreign;
  }
  std::string resource = ResourceOf(question);
  return {ErrorCode::kAccessDenied,
          "User: " + question.principal.arn + " is not authorized to perform: " + action +
              (resource == "*" ? "" : " on resource: " + resource) + ReasonOf(decision, action),
          decision.Describe()};
}

// What a policy may let another account do with a key: all that a grant may, and what concerns
// grants and rotation. Source: AWS KMS Developer Guide, "Allowing users in other accounts to use a
// KMS key": policies that allow them anything else have no effect.
bool ReachesOtherAccounts(std::string_view action) {
  constexpr std::string_view kPrefix = "kms:";
  if (!action.starts_with(kPrefix)) return false;
  action.remove_prefix(kPrefix.size());
  const auto grantable = domain::GrantOperations();
  return std::find(grantable.begin(), grantable.end(), action) != grantable.end() ||
         action == "ListGrants" || action == "RevokeGrant" || action == "GetKeyRotationStatus";
}

bool IsOutOfReach(const AccessQuestion& question) {
  return question.key != nullptr && question.key->account != question.principal.account &&
         !ReachesOtherAccounts(question.action);
}

constexpr std::string_view kOutOfReach =
    "no policy: the action is for keys of the caller's own account only";

Error OutOfReach(const AccessQuestion& question) {
  Error error = ForeignKeyDenied(question.principal, question.action, question.key->arn());
  error.detail = kOutOfReach;
  return error;
}

// "StringEquals kms:EncryptionContext:department [tax, customs]"
std::string Written(const policy::Condition::Text& text) {
  std::string written = text.op + " " + text.key + " [";
  for (const std::string& value : text.values)
    written += (written.back() == '[' ? "" : ", ") + value;
  return written + "]";
}

// The statements of one policy that apply but for conditions that only a request can answer.
void AddRemaining(const std::string& name, const policy::Policy& policy,
                  const policy::Request& request, const domain::Principal& caller,
                  std::vector<std::string>& remaining) {
  const std::string action = LowerAscii(request.action);
  for (const policy::Statement& statement : policy.statements()) {
    const bool about_caller = policy.kind() == policy::PolicyKind::kIdentity ||
                              statement.MatchesPrincipal(caller) != policy::PrincipalMatch::kNone;
    if (!about_caller || !statement.MatchesAction(action) ||
        !statement.MatchesResource(request.resource, request.context))
      continue;
    for (const policy::Condition& condition : statement.conditions()) {
      if (request.context.Answers(condition.key())) continue;
      remaining.push_back((statement.allows() ? "if " : "unless ") + Written(condition.text()) +
                          " (" + name + ", " + statement.Describe() + ")");
    }
  }
}

bool WantsContext(const domain::Grant& grant) {
  return !grant.constraints.context_equals.empty() || !grant.constraints.context_subset.empty();
}

// Grants as they are to whoever brings the encryption context that they want.
Grants Assumed(const Grants& grants) {
  Grants assumed;
  for (const auto& grant : grants) {
    auto one = std::make_shared<domain::Grant>(*grant);
    one->constraints.context_equals.clear();
    one->constraints.context_subset.clear();
    assumed.push_back(std::move(one));
  }
  return assumed;
}

std::string Written(const std::string& verb, const std::map<std::string, std::string>& pairs) {
  std::string written;
  for (const auto& [name, value] : pairs)
    written +=
        (written.empty() ? "if the encryption context " + verb + " " : ", ") + name + "=" + value;
  return written;
}

void AddRemaining(const domain::Grant& grant, std::vector<std::string>& remaining) {
  const domain::GrantConstraints& wanted = grant.constraints;
  const std::string whose = " (grant " + grant.id + ")";
  if (!wanted.context_equals.empty())
    remaining.push_back(Written("equals", wanted.context_equals) + whose);
  if (!wanted.context_subset.empty())
    remaining.push_back(Written("contains", wanted.context_subset) + whose);
}

std::string Says(const policy::Finding& finding) {
  if (finding.deny != nullptr) return "denies by " + finding.deny->Describe();
  if (finding.allow == nullptr) return "is silent";
  std::string says = "allows by " + finding.allow->Describe();
  if (finding.match == policy::PrincipalMatch::kAccount) says += ", through the account";
  return says;
}

}  // namespace

PolicyAuthoriser::PolicyAuthoriser(records::Catalog& catalog, IdentitySides& identities,
                                   const Clock& clock, std::string region)
    : catalog_(catalog),
      identities_(identities),
      clock_(clock),
      region_(std::move(region)),
      compiled_(kPoliciesKeptMax) {}

Result<std::shared_ptr<const policy::Policy>> PolicyAuthoriser::PolicyOf(const domain::Key& key) {
  const std::string name = records::KeyRow(key.region, key.id);
  KM_TRY(const auto row, catalog_.Find<records::KeyPolicy>(name));
  if (row == nullptr)
    return Error{ErrorCode::kKmsInternal, "", "key " + key.id.ToText() + " has no key policy"};
  const auto kept = compiled_.Find(name);
  if (kept != nullptr && kept->row == row) return kept->policy;
  if (kept != nullptr) compiled_.Invalidate(name);
  auto compiled = policy::Policy::Compile(row->document, policy::PolicyKind::kKey);
  if (!compiled) {
    return Error{
        ErrorCode::kKmsInternal, "",
        "the policy of key " + key.id.ToText() + " cannot be read: " + compiled.error().message};
  }
  compiled_.Insert(name, std::make_shared<const Compiled>(Compiled{row, *compiled}),
                   compiled_.Ticket(name));
  return *std::move(compiled);
}

Result<void> PolicyAuthoriser::AddGrants(const domain::Key& key, std::string_view grantee,
                                         Grounds& grounds) {
  KM_TRY(const auto found,
         catalog_.FindAll<domain::Grant>(records::GranteePrefix(key.region, key.id, grantee)));
  grounds.grants.insert(grounds.grants.end(), found->begin(), found->end());
  return {};
}

Result<PolicyAuthoriser::Grounds> PolicyAuthoriser::GroundsOf(const AccessQuestion& question) {
  Grounds grounds;
  KM_TRY(grounds.identity, identities_.Of(question.principal));
  if (question.key == nullptr) return grounds;
  if (question.instead == nullptr) {
    KM_TRY(grounds.key_policy, PolicyOf(*question.key));
  }
  if (question.key->grants == 0) return grounds;  // as most keys; counted with each that is made
  const domain::Principal& principal = question.principal;
  KM_CHECK(AddGrants(*question.key, domain::LastingNameOf(principal), grounds));
  if (principal.session != nullptr && !principal.session->role_id.empty())
    KM_CHECK(AddGrants(*question.key, principal.session->role_id, grounds));
  const std::string root = domain::RootArn(principal.account);
  if (root != principal.arn) KM_CHECK(AddGrants(*question.key, root, grounds));
  return grounds;
}

namespace {

struct Asked {
  const AccessQuestion& question;
  const policy::ConditionContext& conditions;
  const policy::IdentitySide& identity;
  const policy::Policy* key_policy;
  std::span<const std::shared_ptr<const domain::Grant>> grants;
  // Of the request; looked at only where there are grants.
  const RequestConditions& request;
};

policy::Decision Ask(const Asked& asked, std::vector<policy::TraceLine>* trace = nullptr) {
  const std::string resource = ResourceOf(asked.question);
  const std::string account = ResourceAccountOf(asked.question);
  return policy::Decide(
      {.principal = asked.question.principal,
       .action = asked.question.action,
       .resource = resource,
       .resource_account = account,
       .context = asked.conditions,
       .identity = asked.identity,
       .resource_policy = asked.key_policy,
       .grants = asked.grants,
       .encryption_context = asked.grants.empty() ? nullptr : asked.request.encryption_context()},
      trace);
}

}  // namespace

Result<Verdict> PolicyAuthoriser::Decide(const AccessQuestion& question) {
  if (IsOutOfReach(question)) return OutOfReach(question);
  KM_TRY(const Grounds grounds, GroundsOf(question));
  const RequestConditions conditions(question, *grounds.identity, catalog_, clock_, region_);
  const policy::Policy* key_policy =
      question.instead != nullptr ? question.instead : grounds.key_policy.get();
  const policy::Decision decision =
      Ask({question, conditions, *grounds.identity, key_policy, grounds.grants, conditions});
  if (conditions.failure()) return *conditions.failure();
  if (question.grant_decides && decision.outcome != Outcome::kExplicitDeny) {
    // A key policy gives no right to retire: what an identity policy gives is asked for alone.
    const policy::Decision own =
        Ask({question, conditions, *grounds.identity, nullptr, {}, conditions});
    if (conditions.failure()) return *conditions.failure();
    return Verdict{own.allowed() ? own.Describe() : "", nullptr};
  }
  if (!decision.allowed()) return Denied(question, decision);
  Verdict verdict{decision.Describe(), nullptr};
  for (const auto& grant : grounds.grants) {
    if (grant.get() == decision.grant) verdict.grant = grant;
  }
  return verdict;
}

Result<PolicyAuthoriser::Explanation> PolicyAuthoriser::Explain(const AccessQuestion& question,
                                                                About about) {
  KM_TRY(Grounds grounds, GroundsOf(question));
  std::stable_partition(grounds.grants.begin(), grounds.grants.end(),
                        [](const auto& grant) { return !WantsContext(*grant); });
  const Grants written_grants = grounds.grants;
  if (about == About::kAnyRequest) grounds.grants = Assumed(written_grants);
  const RequestConditions asked(question, *grounds.identity, catalog_, clock_, region_);
  const StandingConditions standing(asked);
  const policy::ConditionContext& conditions =
      about == About::kAnyRequest ? static_cast<const policy::ConditionContext&>(standing) : asked;
  std::vector<policy::TraceLine> trace;
  const policy::Decision decision = Ask(
      {question, conditions, *grounds.identity, grounds.key_policy.get(), grounds.grants, asked},
      &trace);
  if (asked.failure()) return *asked.failure();
  Explanation explanation;
  explanation.allowed = decision.allowed();
  explanation.deciding_statement = decision.Describe();
  if (!decision.allowed()) explanation.message = Denied(question, decision).message;
  if (IsOutOfReach(question)) {
    explanation.allowed = false;
    explanation.deciding_statement = kOutOfReach;
    explanation.message = OutOfReach(question).message;
  }
  for (const policy::TraceLine& line : trace)
    explanation.lines.push_back({line.policy_name, Says(line.finding)});
  if (about == About::kAnyRequest) {
    const std::string resource = ResourceOf(question);
    const policy::Request request{question.action, resource, conditions};
    for (std::size_t one = 0; one < grounds.grants.size(); ++one) {
      if (grounds.grants[one].get() == decision.grant)
        AddRemaining(*written_grants[one], explanation.remaining);
    }
    if (grounds.key_policy != nullptr)
      AddRemaining("key policy", *grounds.key_policy, request, question.principal,
                   explanation.remaining);
    for (const policy::NamedPolicy& one : grounds.identity->policies)
      AddRemaining(one.name, *one.policy, request, question.principal, explanation.remaining);
    if (grounds.identity->boundary)
      AddRemaining(grounds.identity->boundary->name, *grounds.identity->boundary->policy, request,
                   question.principal, explanation.remaining);
  }
  return explanation;
}

}  // namespace kmaas::core
