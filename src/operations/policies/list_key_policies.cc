// ListKeyPolicies: a key has one policy, named default.
#include "operations/handlers.h"
#include "operations/policies/policy_rules.h"

namespace kmaas::operations {

Result<kms::ListKeyPoliciesResponse> ListKeyPolicies(const kms::ListKeyPoliciesRequest& request,
                                                     KeyCall& call) {
  // One name fits on every page, so no marker was ever handed out.
  if (request.has_marker()) {
    KM_CHECK(call.OpenMarker(request.marker()));
  }
  kms::ListKeyPoliciesResponse reply;
  reply.add_policy_names(kDefaultPolicyName);
  reply.set_truncated(false);
  return reply;
}

}  // namespace kmaas::operations
