// Action and NotAction. Source: IAM user guide, "IAM JSON policy elements: Action".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/glob.h"

namespace kmaas::policy {

// Without regard to case, with '*' and '?'.
class ActionList {
 public:
  // "*", "*:*", or a service without wildcards, a colon, and a name with them.
  static Result<ActionList> Compile(const std::vector<std::string>& texts);

  bool Matches(std::string_view lower_case_action) const;

 private:
  std::vector<Glob> patterns_;  // lower case
};

}  // namespace kmaas::policy
