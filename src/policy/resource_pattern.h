// Resource and NotResource. Source: IAM user guide, "IAM JSON policy elements: Resource".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/condition_key.h"
#include "policy/policy_variable.h"

namespace kmaas::policy {

// Byte for byte, with '*' and '?'. A wildcard may stand for colons, too, as AWS documents for one
// at the end of a part: with the five colons that an ARN has, it cannot reach into the next part
// unless the resource has colons of its own.
class ResourceList {
 public:
  // "*", or an ARN. One with fewer than six parts needs a '*' to match anything.
  static Result<ResourceList> Compile(const std::vector<std::string>& texts, Variables variables);

  bool Matches(std::string_view resource, const ConditionContext& context) const;

 private:
  std::vector<ValuePattern> patterns_;
};

}  // namespace kmaas::policy
