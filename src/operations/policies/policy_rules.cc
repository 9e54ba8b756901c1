#include "operations/policies/policy_rules.h"

#include "base/limits.h"

namespace kmaas::operations {

Result<std::shared_ptr<const policy::Policy>> ReadKeyPolicy(const std::string& document) {
  if (document.size() > limits::kPolicyBytesMax) {
    return Error{ErrorCode::kLimitExceeded, "The policy document is larger than " +
                                                std::to_string(limits::kPolicyBytesMax) +
                                                " bytes."};
  }
  return policy::Policy::Compile(document, policy::PolicyKind::kKey);
}

}  // namespace kmaas::operations
