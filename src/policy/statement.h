// One statement of a policy, compiled.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/action_pattern.h"
#include "policy/condition.h"
#include "policy/policy.h"
#include "policy/principal_element.h"
#include "policy/resource_pattern.h"

namespace kmaas::policy {

// A statement as a document has it, before its meaning is checked.
struct StatementText {
  struct List {
    bool negated = false;  // the element with Not
    std::vector<std::string> values;
  };
  struct Principals {
    bool negated = false;
    std::vector<PrincipalElement::Text> values;
  };
  std::string sid;
  bool allows = false;
  std::optional<Principals> principal;
  std::optional<List> action;
  std::optional<List> resource;
  std::vector<Condition::Text> conditions;
};

class Statement {
 public:
  // `number` counts the statements of the policy from 1.
  static Result<Statement> Compile(const StatementText& text, PolicyKind kind, Variables variables,
                                   std::size_t number);

  std::size_t number() const { return number_; }
  const std::string& sid() const { return sid_; }
  bool allows() const { return allows_; }
  const std::optional<PrincipalElement>& principal() const { return principal_; }
  const std::vector<Condition>& conditions() const { return conditions_; }
  std::string Describe() const;  // "statement 2 (Sid users)"

  // The elements, one by one; a statement applies when all of them do.
  bool MatchesAction(std::string_view lower_case_action) const;
  PrincipalMatch MatchesPrincipal(const domain::Principal& caller) const;
  bool MatchesResource(std::string_view resource, const ConditionContext& context) const;
  bool ConditionsHold(const ConditionContext& context) const;

 private:
  Statement() = default;

  std::size_t number_ = 0;
  std::string sid_;
  bool allows_ = false;
  std::optional<PrincipalElement> principal_;
  // A statement of a key policy without actions or resources has no effect (AWS KMS developer
  // guide, "Key policies").
  std::optional<ActionList> actions_;
  bool not_action_ = false;
  std::optional<ResourceList> resources_;
  bool not_resource_ = false;
  std::vector<Condition> conditions_;
};

}  // namespace kmaas::policy
