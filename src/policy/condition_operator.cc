#include "policy/condition_operator.h"

#include <array>

namespace kmaas::policy {
namespace {

struct OperatorRow {
  std::string_view name;
  Comparison comparison;
  bool negated;
};

constexpr auto kOperators = std::to_array<OperatorRow>({
    {"StringEquals", Comparison::kStringEquals, false},
    {"StringNotEquals", Comparison::kStringEquals, true},
    {"StringEqualsIgnoreCase", Comparison::kStringEqualsIgnoreCase, false},
    {"StringNotEqualsIgnoreCase", Comparison::kStringEqualsIgnoreCase, true},
    {"StringLike", Comparison::kStringLike, false},
    {"StringNotLike", Comparison::kStringLike, true},
    {"NumericEquals", Comparison::kNumericEquals, false},
    {"NumericNotEquals", Comparison::kNumericEquals, true},
    {"NumericLessThan", Comparison::kNumericLess, false},
    {"NumericLessThanEquals", Comparison::kNumericLessEquals, false},
    {"NumericGreaterThan", Comparison::kNumericGreater, false},
    {"NumericGreaterThanEquals", Comparison::kNumericGreaterEquals, false},
    {"DateEquals", Comparison::kDateEquals, false},
    {"DateNotEquals", Comparison::kDateEquals, true},
    {"DateLessThan", Comparison::kDateLess, false},
    {"DateLessThanEquals", Comparison::kDateLessEquals, false},
    {"DateGreaterThan", Comparison::kDateGreater, false},
    {"DateGreaterThanEquals", Comparison::kDateGreaterEquals, false},
    {"Bool", Comparison::kBool, false},
    {"BinaryEquals", Comparison::kBinaryEquals, false},
    {"IpAddress", Comparison::kIpAddress, false},
    {"NotIpAddress", Comparison::kIpAddress, true},
    {"ArnEquals", Comparison::kArn, false},
    {"ArnNotEquals", Comparison::kArn, true},
    {"ArnLike", Comparison::kArn, false},
    {"ArnNotLike", Comparison::kArn, true},
    {"Null", Comparison::kNull, false},
});

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool TakeSuffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

// What an operator compares.
ConditionType TypeOf(Comparison comparison) {
  switch (comparison) {
    case Comparison::kStringEquals:
    case Comparison::kStringEqualsIgnoreCase:
    case Comparison::kStringLike:
    case Comparison::kNull:
      return ConditionType::kString;
    case Comparison::kNumericEquals:
    case Comparison::kNumericLess:
    case Comparison::kNumericLessEquals:
    case Comparison::kNumericGreater:
    case Comparison::kNumericGreaterEquals:
      return ConditionType::kNumeric;
    case Comparison::kDateEquals:
    case Comparison::kDateLess:
    case Comparison::kDateLessEquals:
    case Comparison::kDateGreater:
    case Comparison::kDateGreaterEquals:
      return ConditionType::kDate;
    case Comparison::kBool:
      return ConditionType::kBool;
    case Comparison::kBinaryEquals:
      return ConditionType::kBinary;
    case Comparison::kIpAddress:
      return ConditionType::kIpAddress;
    case Comparison::kArn:
      return ConditionType::kArn;
  }
  return ConditionType::kString;
}

}  // namespace

std::optional<ConditionOperator> ConditionOperator::Parse(std::string_view name) {
  ConditionOperator op;
  if (TakePrefix(name, "ForAllValues:")) {
    op.set = SetQualifier::kForAllValues;
  } else if (TakePrefix(name, "ForAnyValue:")) {
    op.set = SetQualifier::kForAnyValue;
  }
  op.if_exists = TakeSuffix(name, "IfExists");
  for (const OperatorRow& row : kOperators) {
    if (row.name != name) continue;
    op.comparison = row.comparison;
    op.negated = row.negated;
    if (op.comparison == Comparison::kNull && (op.if_exists || op.set != SetQualifier::kNone))
      return std::nullopt;
    return op;
  }
  return std::nullopt;
}

bool Fits(const ConditionOperator& op, const ConditionKey& key) {
  if (op.comparison == Comparison::kNull) return true;
  if (key.known == KnownKey::kOther || !key.member.empty()) return true;
  const ConditionType compared = TypeOf(op.comparison);
  switch (TypeOf(key)) {
    case ConditionType::kString:
    case ConditionType::kArn:
      return compared == ConditionType::kString || compared == ConditionType::kArn;
    case ConditionType::kBool:
      return compared == ConditionType::kBool || compared == ConditionType::kString;
    case ConditionType::kDate:
      // AWS documents numeric operators, too, for aws:EpochTime.
      return compared == ConditionType::kDate ||
             (compared == ConditionType::kNumeric && key.known == KnownKey::kEpochTime);
    case ConditionType::kNumeric:
    case ConditionType::kIpAddress:
    case ConditionType::kBinary:
      return compared == TypeOf(key);
  }
  return false;
}

}  // namespace kmaas::policy
