// One line of a Condition element: an operator, a key, the values.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "policy/condition_key.h"
#include "policy/condition_operator.h"
#include "policy/ip_range.h"
#include "policy/policy_variable.h"
#include "policy/scalar.h"

namespace kmaas::policy {

class Condition {
 public:
  // As a policy writes it.
  struct Text {
    std::string op;
    std::string key;
    std::vector<std::string> values;
  };

  static Result<Condition> Compile(Text text, Variables variables);

  bool Holds(const ConditionContext& context) const;

  const Text& text() const { return text_; }
  const ConditionKey& key() const { return key_; }

 private:
  using Operand = std::variant<ValuePattern, FixedPoint, IpRange, bool>;

  Condition() = default;
  static Result<Operand> CompileValue(const ConditionOperator& op, const std::string& value,
                                      Variables variables);
  bool Decide(const std::vector<std::string_view>& values, const ConditionContext& context) const;
  bool MatchesAny(std::string_view value, const ConditionContext& context) const;
  bool MatchesAnyNumber(std::string_view value) const;
  bool MatchesAnyRange(std::string_view value) const;

  Text text_;
  ConditionOperator op_;
  ConditionKey key_;
  std::vector<Operand> operands_;
};

}  // namespace kmaas::policy
