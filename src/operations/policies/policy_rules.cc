#include "operations/policies/policy_rules.h"

#include "base/limits.h"
#include "policy/policy.h"

namespace kmaas::operations {

Result<void> CheckKeyPolicy(const std::string& document) {
  if (document.size() > limits::kPolicyBytesMax) {
    return Error{ErrorCode::kLimitExceeded, "The policy document is larger than " +
                                                std::to_string(limits::kPolicyBytesMax) +
                                                " bytes."};
  }
  KM_CHECK(policy::Policy::Compile(document, policy::PolicyKind::kKey));
  return {};
}

}  // namespace kmaas::operations
