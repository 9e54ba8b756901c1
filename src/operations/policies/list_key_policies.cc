// ListKeyPolicies: a key has one policy, named default.
#include "operations/handlers.h"
#include "operations/policies/policy_rules.h"

namespace kmaas::operations {

Result<kms::ListKeyPoliciesResponse> ListKeyPolicies(const kms::ListKeyPoliciesRequest& request,
                                                     KeyCall& /*call*/) {
  // One name fits on every page, so no marker was ever handed out; the service model has no
  // InvalidMarkerException for this operation.
  if (request.has_marker())
    return Error{ErrorCode::kValidation, "The marker is not one that this operation returned."};
  kms::ListKeyPoliciesResponse reply;
  reply.add_policy_names(kDefaultPolicyName);
  reply.set_truncated(false);
  return reply;
}

}  // namespace kmaas::operations
