// PutKeyPolicy: replaces the key policy.
#include "operations/handlers.h"
#include "operations/policies/policy_rules.h"

namespace kmaas::operations {

Result<kms::PutKeyPolicyResponse> PutKeyPolicy(const kms::PutKeyPolicyRequest& request,
                                               KeyCall& call) {
  if (request.has_policy_name() && request.policy_name() != kDefaultPolicyName) {
    return Error{ErrorCode::kValidation, "The only valid policy name is default."};
  }
  KM_TRY(const KeptPolicy policy, ReadKeyPolicy(request.policy(), call.services().catalog));
  if (!request.bypass_policy_lockout_safety_check())
    KM_CHECK(call.CheckNoLockout(call.key(), *policy.compiled));
  KM_CHECK(call.WriteKey([&policy](domain::Key& key, records::Changes& changes) {
    return PutKeptPolicy(changes, key, policy);
  }));
  return kms::PutKeyPolicyResponse();
}

}  // namespace kmaas::operations
