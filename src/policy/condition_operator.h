// The operators of conditions: "ForAnyValue:StringNotLikeIfExists". Source: IAM user guide, "IAM
// JSON policy elements: Condition operators".
#pragma once

#include <optional>
#include <string_view>

#include "policy/condition_key.h"

namespace kmaas::policy {

enum class Comparison {
  kStringEquals,
  kStringEqualsIgnoreCase,
  kStringLike,
  kNumericEquals,
  kNumericLess,
  kNumericLessEquals,
  kNumericGreater,
  kNumericGreaterEquals,
  kDateEquals,
  kDateLess,
  kDateLessEquals,
  kDateGreater,
  kDateGreaterEquals,
  kBool,
  kBinaryEquals,
  kIpAddress,
  kArn,  // ArnEquals and ArnLike are one
  kNull,
};

enum class SetQualifier { kNone, kForAllValues, kForAnyValue };

struct ConditionOperator {
  Comparison comparison = Comparison::kStringEquals;
  bool negated = false;
  bool if_exists = false;
  SetQualifier set = SetQualifier::kNone;

  // Exactly AWS's spelling. Null stands alone: without IfExists and without a set.
  static std::optional<ConditionOperator> Parse(std::string_view name);
};

// Whether the operator makes sense on values of the key. What is free text - tags, encryption
// context, keys of identity providers - may be compared in every way.
bool Fits(const ConditionOperator& op, const ConditionKey& key);

}  // namespace kmaas::policy
