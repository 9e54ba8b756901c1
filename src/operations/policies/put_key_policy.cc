// PutKeyPolicy: replaces the key policy.
#include "operations/handlers.h"
#include "operations/policies/policy_rules.h"

namespace kmaas::operations {

Result<kms::PutKeyPolicyResponse> PutKeyPolicy(const kms::PutKeyPolicyRequest& request,
                                               KeyCall& call) {
  if (request.has_policy_name() && request.policy_name() != kDefaultPolicyName) {
    return Error{ErrorCode::kValidation, "The only valid policy name is default."};
  }
  KM_TRY(const auto policy, ReadKeyPolicy(request.policy()));
  if (!request.bypass_policy_lockout_safety_check())
    KM_CHECK(call.CheckNoLockout(call.key(), *policy));
  KM_CHECK(call.WriteKey([&request](domain::Key& key, records::Changes& changes) -> Result<void> {
    return changes.Put(records::KeyPolicy{key.region, key.id, request.policy()});
  }));
  return kms::PutKeyPolicyResponse();
}

}  // namespace kmaas::operations
