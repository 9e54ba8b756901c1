#include "policy/condition.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"
#include "policy/malformed.h"

namespace kmaas::policy {
namespace {

bool IsNumeric(Comparison comparison) {
  return comparison >= Comparison::kNumericEquals &&
         comparison <= Comparison::kNumericGreaterEquals;
}

bool IsDate(Comparison comparison) {
  return comparison >= Comparison::kDateEquals && comparison <= Comparison::kDateGreaterEquals;
}

bool Compare(Comparison comparison, const FixedPoint& value, const FixedPoint& wanted) {
  switch (comparison) {
    case Comparison::kNumericLess:
    case Comparison::kDateLess:
      return value < wanted;
    case Comparison::kNumericLessEquals:
    case Comparison::kDateLessEquals:
      return !(wanted < value);
    case Comparison::kNumericGreater:
    case Comparison::kDateGreater:
      return wanted < value;
    case Comparison::kNumericGreaterEquals:
    case Comparison::kDateGreaterEquals:
      return !(value < wanted);
    default:
      return value == wanted;
  }
}

// A lone wildcard, or the six parts of an ARN; with variables that shows only later.
bool CanBeArn(const ValuePattern& pattern) {
  if (pattern.has_variables()) return true;
  const std::string& text = pattern.fixed().pattern();
  return text == std::string(1, kMany) || std::count(text.begin(), text.end(), ':') >= 5;
}

Error BadValue(const std::string& value, std::string_view wanted) {
  return Malformed("Invalid condition value \"" + value + "\": must be " + std::string(wanted) +
                   ".");
}

Error UnknownKey(const std::string& name) {
  return Malformed("Invalid condition key: " + name + ".");
}

}  // namespace

Result<Condition::Operand> Condition::CompileValue(const ConditionOperator& op,
                                                   const std::string& value, Variables variables) {
  if (IsNumeric(op.comparison)) {
    if (const auto number = ParseNumber(value)) return Operand(*number);
    return BadValue(value, "a number");
  }
  if (IsDate(op.comparison)) {
    if (const auto instant = ParseInstant(value)) return Operand(*instant);
    return BadValue(value, "a date (ISO 8601) or seconds since 1970");
  }
  switch (op.comparison) {
    case Comparison::kBool:
    case Comparison::kNull: {
      if (const auto truth = ParseBool(value)) return Operand(*truth);
      if (op.comparison == Comparison::kNull || value.find("${") == std::string::npos)
        return BadValue(value, "true or false");
      break;
    }
    case Comparison::kIpAddress: {
      if (const auto range = IpRange::Parse(value)) return Operand(*range);
      return BadValue(value, "an IP address or a range in CIDR form");
    }
    case Comparison::kBinaryEquals: {
      std::string decoded;
      if (!Base64Decode(value, decoded)) return BadValue(value, "base64");
      variables = Variables::kLiteral;
      break;
    }
    default:
      break;
  }
  const bool wild = op.comparison == Comparison::kStringLike || op.comparison == Comparison::kArn;
  KM_TRY(ValuePattern pattern,
         ValuePattern::Parse(value, wild ? Wildcards::kMatch : Wildcards::kLiteral, variables));
  if (op.comparison == Comparison::kArn && !CanBeArn(pattern)) return BadValue(value, "an ARN");
  if (op.comparison == Comparison::kBool && !pattern.has_variables())
    return BadValue(value, "true or false");
  return Operand(std::move(pattern));
}

Result<Condition> Condition::Compile(Text text, Variables variables) {
  Condition condition;
  const auto op = ConditionOperator::Parse(text.op);
  if (!op) return Malformed("Invalid Condition type : " + text.op + ".");
  auto key = ConditionKey::Parse(text.key);
  if (!key) return UnknownKey(text.key);
  if (!Fits(*op, *key)) {
    return Malformed("The condition operator " + text.op + " does not fit the type of the key " +
                     text.key + ".");
  }
  for (const std::string& value : text.values) {
    KM_TRY(Operand operand, CompileValue(*op, value, variables));
    condition.operands_.push_back(std::move(operand));
  }
  condition.op_ = *op;
  condition.key_ = *std::move(key);
  condition.text_ = std::move(text);
  return condition;
}

bool Condition::MatchesAnyNumber(std::string_view value) const {
  // The value of a date key may come as ISO 8601 to a numeric operator, too.
  const bool date = IsDate(op_.comparison) || TypeOf(key_) == ConditionType::kDate;
  const auto number = date ? ParseInstant(value) : ParseNumber(value);
  return number && std::any_of(operands_.begin(), operands_.end(), [&](const Operand& operand) {
           return Compare(op_.comparison, *number, *std::get_if<FixedPoint>(&operand));
         });
}

bool Condition::MatchesAnyRange(std::string_view value) const {
  const auto address = IpAddress::Parse(value);
  return address && std::any_of(operands_.begin(), operands_.end(), [&](const Operand& operand) {
           return std::get_if<IpRange>(&operand)->Contains(*address);
         });
}

// Several values of a policy are alternatives. What is not of the operator's type matches none.
bool Condition::MatchesAny(std::string_view value, const ConditionContext& context) const {
  if (IsNumeric(op_.comparison) || IsDate(op_.comparison)) return MatchesAnyNumber(value);
  if (op_.comparison == Comparison::kIpAddress) return MatchesAnyRange(value);
  return std::any_of(operands_.begin(), operands_.end(), [&](const Operand& operand) {
    if (const auto* truth = std::get_if<bool>(&operand)) return ParseBool(value) == *truth;
    const auto& pattern = *std::get_if<ValuePattern>(&operand);
    if (op_.comparison == Comparison::kArn) return MatchesArn(pattern, value, context);
    if (op_.comparison == Comparison::kStringEqualsIgnoreCase ||
        op_.comparison == Comparison::kBool) {
      return MatchesIgnoringCase(pattern, value, context);
    }
    return MatchesText(pattern, value, context);
  });
}

bool Condition::Decide(const std::vector<std::string_view>& values,
                       const ConditionContext& context) const {
  const auto matches = [&](std::string_view value) { return MatchesAny(value, context); };
  const auto satisfies = [&](std::string_view value) { return matches(value) != op_.negated; };
  switch (op_.set) {
    case SetQualifier::kForAllValues:
      return std::all_of(values.begin(), values.end(), satisfies);
    case SetQualifier::kForAnyValue:
      return std::any_of(values.begin(), values.end(), satisfies);
    case SetQualifier::kNone:
      // AWS leaves open what a key with several values does without a set operator: any of them
      // may match, and for a negated operator none may.
      return std::any_of(values.begin(), values.end(), matches) != op_.negated;
  }
  return false;
}

bool Condition::Holds(const ConditionContext& context) const {
  thread_local std::vector<std::string_view> values;
  values.clear();
  // A key that is there without values is "a null data set" (AWS), which is as good as absent. An
  // empty text is a value.
  const bool present = context.Values(key_, values) && !values.empty();
  if (op_.comparison == Comparison::kNull) {
    return std::any_of(operands_.begin(), operands_.end(), [&](const Operand& operand) {
      return *std::get_if<bool>(&operand) != present;
    });
  }
  if (present) return Decide(values, context);
  if (op_.if_exists || op_.set == SetQualifier::kForAllValues) return true;
  return op_.set == SetQualifier::kNone && op_.negated;
}

}  // namespace kmaas::policy
