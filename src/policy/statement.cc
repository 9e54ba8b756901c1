#include "policy/statement.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/ascii_case.h"
#include "domain/iam_names.h"
#include "policy/malformed.h"

namespace kmaas::policy {
namespace {

// Key policies may have blanks in a Sid, and more; IAM's may not.
Result<void> CheckSid(const std::string& sid, PolicyKind kind) {
  const bool fine = std::all_of(sid.begin(), sid.end(), [&](char c) {
    return kind == PolicyKind::kKey ? static_cast<unsigned char>(c) >= ' ' && c != '\x7f'
                                    : domain::IsAlphanumeric(c);
  });
  if (fine) return {};
  return Malformed(
      "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular "
      "expression [0-9A-Za-z]*");
}

bool IsMissing(const std::optional<StatementText::List>& list) {
  return !list || list->values.empty();
}

Result<void> CheckElements(const StatementText& text, PolicyKind kind) {
  KM_CHECK(CheckSid(text.sid, kind));
  if (kind == PolicyKind::kIdentity) {
    if (text.principal) return Malformed("Policy document should not specify a principal.");
    if (IsMissing(text.action)) return Malformed("Policy statement must contain actions.");
    if (IsMissing(text.resource)) return Malformed("Policy statement must contain resources.");
    return {};
  }
  if (!text.principal) return Malformed("Missing required field Principal");
  if (kind == PolicyKind::kKey) return {};
  if (text.resource) return Malformed("Has prohibited field Resource");
  if (IsMissing(text.action)) return Malformed("Missing required field Action");
  for (const std::string& action : text.action->values) {
    if (!LowerAscii(action).starts_with("sts:"))
      return Malformed("AssumeRole policy may only specify STS AssumeRole actions.");
  }
  return {};
}

// Two spellings of one key beside each other would be read as alternatives by one and as both by
// another.
Result<void> CheckKeysOnce(const std::vector<Condition::Text>& conditions) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const Condition::Text& condition : conditions) {
    if (!seen.insert({condition.op, LowerAscii(condition.key)}).second)
      return Malformed("The condition key " + condition.key + " stands twice under " +
                       condition.op + ".");
  }
  return {};
}

}  // namespace

Result<Statement> Statement::Compile(const StatementText& text, PolicyKind kind,
                                     Variables variables, std::size_t number) {
  KM_CHECK(CheckElements(text, kind));
  KM_CHECK(CheckKeysOnce(text.conditions));
  Statement statement;
  statement.number_ = number;
  statement.sid_ = text.sid;
  statement.allows_ = text.allows;
  if (text.principal) {
    auto principal = PrincipalElement::Compile(text.principal->values, text.principal->negated);
    if (!principal) {
      return kind == PolicyKind::kKey ? Malformed(std::string(kInvalidPrincipals))
                                      : std::move(principal).error();
    }
    statement.principal_ = *std::move(principal);
  }
  if (!IsMissing(text.action)) {
    KM_TRY(ActionList actions, ActionList::Compile(text.action->values));
    statement.actions_ = std::move(actions);
    statement.not_action_ = text.action->negated;
  }
  if (!IsMissing(text.resource)) {
    KM_TRY(ResourceList resources, ResourceList::Compile(text.resource->values, variables));
    statement.resources_ = std::move(resources);
    statement.not_resource_ = text.resource->negated;
  } else if (kind == PolicyKind::kTrust) {
    KM_TRY(ResourceList all, ResourceList::Compile({"*"}, variables));
    statement.resources_ = std::move(all);
  }
  for (const Condition::Text& condition : text.conditions) {
    KM_TRY(Condition compiled, Condition::Compile(condition, variables));
    statement.conditions_.push_back(std::move(compiled));
  }
  return statement;
}

std::string Statement::Describe() const {
  std::string text = "statement " + std::to_string(number_);
  if (!sid_.empty()) text += " (Sid " + sid_ + ")";
  return text;
}

bool Statement::MatchesAction(std::string_view lower_case_action) const {
  return actions_ && actions_->Matches(lower_case_action) != not_action_;
}

PrincipalMatch Statement::MatchesPrincipal(const domain::Principal& caller) const {
  return principal_ ? principal_->Match(caller, allows_) : PrincipalMatch::kExact;
}

bool Statement::MatchesResource(std::string_view resource, const ConditionContext& context) const {
  return resources_ && resources_->Matches(resource, context) != not_resource_;
}

bool Statement::ConditionsHold(const ConditionContext& context) const {
  return std::all_of(conditions_.begin(), conditions_.end(), [&](const Condition& condition) {
    return context.Answers(condition.key()) ? condition.Holds(context) : allows_;
  });
}

}  // namespace kmaas::policy
