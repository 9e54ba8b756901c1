#include "tests/component/policy_oracle/oracle.h"

#include <algorithm>

#include "tests/component/policy_oracle/comparisons.h"

namespace kmaas::policy_oracle {
namespace {

bool IsNegated(const Test& test) { return test.operation.find("Not") != std::string::npos; }

std::string WithoutNot(const std::string& operation) {
  const std::size_t at = operation.find("Not");
  return at == std::string::npos ? operation : operation.substr(0, at) + operation.substr(at + 3);
}

class Reader {
 public:
  Reader(const World& world, const Ask& ask, const Rules& rules)
      : world_(world), ask_(ask), rules_(rules) {}

  bool Applies(const Statement& statement, const PolicyText& policy, World::Kind kind) const;

 private:
  bool ActionFits(const Statement& statement) const;
  bool ResourceFits(const Statement& statement, bool variables) const;
  bool Holds(const Test& test, bool variables) const;
  bool HoldsOfAbsent(const Test& test) const;
  bool HoldsOfValue(const Test& test, const std::string& value, bool variables) const;
  bool MatchesOne(const Test& test, const std::string& wanted, const std::string& value,
                  bool variables) const;

  const World& world_;
  const Ask& ask_;
  const Rules& rules_;
};

bool Reader::ActionFits(const Statement& statement) const {
  const bool lower = rules_.actions_ignore_case;
  const bool any = std::any_of(
      statement.actions->begin(), statement.actions->end(), [&](const std::string& wanted) {
        return Glob(*Expand(lower ? Lower(wanted) : wanted, false, {}, rules_),
                    lower ? Lower(ask_.action) : ask_.action);
      });
  return any != statement.not_action;
}

bool Reader::ResourceFits(const Statement& statement, bool variables) const {
  const bool any = std::any_of(
      statement.resources->begin(), statement.resources->end(), [&](const std::string& wanted) {
        if (wanted == "*") return true;
        const auto pattern = Expand(wanted, variables, ask_.context, rules_);
        return pattern && ResourceGlob(*pattern, world_.arn);
      });
  return any != statement.not_resource;
}

bool Reader::MatchesOne(const Test& test, const std::string& wanted, const std::string& value,
                        bool variables) const {
  const bool text =
      test.operation.compare(0, 6, "String") == 0 || test.operation.compare(0, 3, "Arn") == 0;
  const auto pattern = Expand(wanted, variables && text, ask_.context, rules_);
  return pattern && Compares(WithoutNot(test.operation), *pattern, value, rules_);
}

// Several values of the policy are joined by "or"; of a negated operator by "nor".
bool Reader::HoldsOfValue(const Test& test, const std::string& value, bool variables) const {
  const auto matches = [&](const std::string& wanted) {
    return MatchesOne(test, wanted, value, variables);
  };
  if (!IsNegated(test)) return std::any_of(test.values.begin(), test.values.end(), matches);
  if (!rules_.negated_means_none)
    return !std::all_of(test.values.begin(), test.values.end(), matches);
  return std::none_of(test.values.begin(), test.values.end(), matches);
}

bool Reader::HoldsOfAbsent(const Test& test) const {
  if (test.if_exists && rules_.if_exists_forgives) return true;
  if (test.quantifier == "ForAllValues") return rules_.for_all_holds_of_nothing;
  if (test.quantifier == "ForAnyValue") return !rules_.for_any_fails_of_nothing;
  return IsNegated(test) ? rules_.absent_key_satisfies_negated : !rules_.absent_key_fails;
}

// A key that is there without values is as good as absent.
bool Reader::Holds(const Test& test, bool variables) const {
  const auto found = ask_.context.find(Lower(test.key));
  const bool absent = found == ask_.context.end() || found->second.empty();
  if (test.operation == "Null") {
    const std::string null = absent ? "true" : "false";
    return std::find(test.values.begin(), test.values.end(), null) != test.values.end();
  }
  if (absent) return HoldsOfAbsent(test);
  const Texts& values = found->second;
  const auto holds = [&](const std::string& value) { return HoldsOfValue(test, value, variables); };
  if (test.quantifier == "ForAllValues") return std::all_of(values.begin(), values.end(), holds);
  if (test.quantifier == "ForAnyValue") return std::any_of(values.begin(), values.end(), holds);
  // Without a set operator: one of several values may match, and for a negated one none may.
  return IsNegated(test) ? std::all_of(values.begin(), values.end(), holds)
                         : std::any_of(values.begin(), values.end(), holds);
}

// Who is meant is asked elsewhere.
bool Reader::Applies(const Statement& statement, const PolicyText& policy, World::Kind kind) const {
  const bool variables = policy.version == "2012-10-17" || !rules_.variables_need_version_2012;
  if (!statement.actions || !ActionFits(statement)) return false;
  // A role's trust policy has no Resource; a key policy's statement without one has no effect.
  if (statement.resources ? !ResourceFits(statement, variables) : kind != World::Kind::kRole)
    return false;
  const auto holds = [&](const Test& test) { return Holds(test, variables); };
  if (!rules_.statement_needs_all_tests && !statement.tests.empty())
    return std::any_of(statement.tests.begin(), statement.tests.end(), holds);
  return std::all_of(statement.tests.begin(), statement.tests.end(), holds);
}

// How far a principal's name, or a policy's Allow, carries a caller: the greater, the further.
enum class Way { kNone, kDelegated, kNarrowed, kDirect };

Way WayOf(const PrincipalName& principal, const Caller& caller) {
  if (principal.kind != "AWS") return Way::kNone;
  if (principal.name == caller.account ||
      principal.name == "arn:aws:iam::" + caller.account + ":root")
    return caller.kind == Caller::Kind::kRoot ? Way::kDirect : Way::kDelegated;
  if (principal.name == caller.arn) return Way::kDirect;
  if (principal.name == "*" || principal.name == caller.role_arn) return Way::kNarrowed;
  return Way::kNone;
}

bool Lists(const Statement& statement, const std::string& name) {
  return std::any_of(
      statement.principals.begin(), statement.principals.end(),
      [&](const PrincipalName& one) { return one.kind == "AWS" && one.name == name; });
}

// Whether NotPrincipal of a Deny spares the caller: AWS asks that its account stands in the list
// beside it, and for a session the role, too; whoever lists only the account spares nobody in it.
bool IsSpared(const Statement& statement, const Caller& caller) {
  if (statement.anyone_bare || Lists(statement, "*")) return true;
  const bool account = Lists(statement, caller.account) ||
                       Lists(statement, "arn:aws:iam::" + caller.account + ":root");
  if (caller.kind == Caller::Kind::kRoot) return account;
  return account && Lists(statement, caller.arn) &&
         (caller.role_arn.empty() || Lists(statement, caller.role_arn));
}

Way WayOf(const Statement& statement, const Caller& caller, const Rules& rules) {
  Way way = statement.anyone_bare ? Way::kNarrowed : Way::kNone;
  for (const auto& principal : statement.principals) way = std::max(way, WayOf(principal, caller));
  if (!statement.not_principal) return way;
  const bool strict = !statement.allow && rules.deny_spares_only_whole_lists;
  const bool spared = strict ? IsSpared(statement, caller) : way != Way::kNone;
  return spared ? Way::kNone : Way::kNarrowed;
}

class Decider {
 public:
  Decider(const World& world, const Ask& ask, const Rules& rules)
      : world_(world), ask_(ask), rules_(rules), reader_(world, ask, rules) {}

  std::vector<Verdict> Decide() const;

 private:
  bool Says(bool allow, const std::vector<PolicyText>& policies) const;
  bool AnyDeny() const;
  Way WayOfResourcePolicy(bool allow) const;
  Way WayOfGrant(const GrantText& grant) const;
  std::optional<Verdict> MissingOf(Way way, bool needs_identity) const;
  bool IsForeign() const { return world_.account != ask_.caller.account; }
  bool IsRoot() const { return ask_.caller.kind == Caller::Kind::kRoot; }

  const World& world_;
  const Ask& ask_;
  const Rules& rules_;
  Reader reader_;
};

bool Decider::Says(bool allow, const std::vector<PolicyText>& policies) const {
  for (const auto& policy : policies)
    for (const auto& statement : policy.statements)
      if (statement.allow == allow && reader_.Applies(statement, policy, World::Kind::kNothing))
        return true;
  return false;
}

Way Decider::WayOfResourcePolicy(bool allow) const {
  Way way = Way::kNone;
  if (world_.kind == World::Kind::kNothing) return way;
  for (const auto& statement : world_.resource_policy.statements) {
    if (statement.allow == allow && reader_.Applies(statement, world_.resource_policy, world_.kind))
      way = std::max(way, WayOf(statement, ask_.caller, rules_));
  }
  return way;
}

bool Decider::AnyDeny() const {
  if (WayOfResourcePolicy(false) != Way::kNone) return true;
  if (IsRoot()) return false;
  return Says(false, world_.identity) || Says(false, world_.session) ||
         (world_.boundary && Says(false, {*world_.boundary}));
}

// In a constraint the case of a context's keys does not count, that of its values does (AWS KMS
// API, GrantConstraints).
std::map<std::string, std::string> WithLowerKeys(const std::map<std::string, std::string>& pairs) {
  std::map<std::string, std::string> lower;
  for (const auto& [key, value] : pairs) lower[Lower(key)] = value;
  return lower;
}

bool IsWithin(const std::map<std::string, std::string>& wanted,
              const std::map<std::string, std::string>& given) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& pair) {
    const auto found = given.find(pair.first);
    return found != given.end() && found->second == pair.second;
  });
}

// Only what takes an encryption context is held to one; SourceArn does not bind RetireGrant.
bool ConstraintsHold(const GrantText& grant, const Ask& ask) {
  const bool managing = ask.action == "kms:DescribeKey" || ask.action == "kms:RetireGrant" ||
                        ask.action == "kms:CreateGrant";
  const auto given =
      WithLowerKeys(ask.encryption_context.value_or(std::map<std::string, std::string>()));
  const auto equals = WithLowerKeys(grant.context_equals);
  if (!managing && !equals.empty() && equals != given) return false;
  if (!managing && !IsWithin(WithLowerKeys(grant.context_subset), given)) return false;
  if (grant.source_arn.empty() || ask.action == "kms:RetireGrant") return true;
  const auto found = ask.context.find("aws:sourcearn");
  return found != ask.context.end() && found->second == Texts{grant.source_arn};
}

Way Decider::WayOfGrant(const GrantText& grant) const {
  const bool named =
      std::any_of(grant.operations.begin(), grant.operations.end(),
                  [&](const std::string& operation) { return "kms:" + operation == ask_.action; });
  if (rules_.grants_name_operations && !named) return Way::kNone;
  if (rules_.grant_constraints_count && !ConstraintsHold(grant, ask_)) return Way::kNone;
  return grant.grantee == "*" ? Way::kNone
                              : WayOf(PrincipalName{"AWS", grant.grantee}, ask_.caller);
}

// What keeps this way from leading to an allow.
std::optional<Verdict> Decider::MissingOf(Way way, bool needs_identity) const {
  if (way == Way::kNone) return Verdict::kNoResourceAllow;
  if (IsRoot()) return {};
  if (way == Way::kDirect && !needs_identity && rules_.exact_match_is_not_narrowed) return {};
  const bool delegated = way == Way::kDelegated && rules_.account_only_delegates;
  if ((delegated || needs_identity) && !Says(true, world_.identity))
    return Verdict::kNoIdentityAllow;
  if (way == Way::kNarrowed && !needs_identity && !rules_.role_match_is_narrowed) return {};
  if (rules_.boundary_narrows && world_.boundary && !Says(true, {*world_.boundary}))
    return Verdict::kNoBoundaryAllow;
  if (rules_.session_narrows && !world_.session.empty() && !Says(true, world_.session))
    return Verdict::kNoSessionAllow;
  return {};
}

std::vector<Verdict> Decider::Decide() const {
  if (rules_.deny_wins && AnyDeny()) return {Verdict::kExplicitDeny};
  // Without a resource policy the account of the resource is the one that delegates, to itself.
  const bool no_policy = world_.kind == World::Kind::kNothing;
  const Way own =
      no_policy ? (IsForeign() ? Way::kNone : Way::kDelegated) : WayOfResourcePolicy(true);
  std::vector<Verdict> missing;
  const auto first = MissingOf(own, IsForeign() && rules_.foreign_account_needs_identity);
  if (!first) return {Verdict::kAllowed};
  missing.push_back(*first);
  for (const auto& grant : world_.grants) {
    const Way way = rules_.grants_add ? WayOfGrant(grant) : Way::kNone;
    if (way == Way::kNone) continue;
    const auto lacks = MissingOf(way, false);
    if (!lacks) return {Verdict::kAllowed};
    missing.push_back(*lacks);
  }
  return missing;
}

}  // namespace

std::vector<Verdict> Judge(const World& world, const Ask& ask, const Rules& rules) {
  return Decider(world, ask, rules).Decide();
}

}  // namespace kmaas::policy_oracle
