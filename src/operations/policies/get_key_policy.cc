// GetKeyPolicy: the key policy as it was written, with the ARNs that its principals have today.
#include "operations/handlers.h"
#include "operations/policies/policy_rules.h"

namespace kmaas::operations {

Result<kms::GetKeyPolicyResponse> GetKeyPolicy(const kms::GetKeyPolicyRequest& request,
                                               KeyCall& call) {
  if (request.has_policy_name() && request.policy_name() != kDefaultPolicyName)
    return Error{ErrorCode::kNotFound, "No such policy exists"};
  const domain::Key& key = call.key();
  KM_TRY(const auto policy,
         call.services().catalog.Find<records::KeyPolicy>(records::KeyRow(key.region, key.id)));
  if (policy == nullptr)
    return Error{ErrorCode::kKmsInternal, "", "key " + key.id.ToText() + " has no policy row"};
  KM_TRY(std::string shown, core::ShownPolicy(call.services().catalog, policy->document));
  kms::GetKeyPolicyResponse reply;
  reply.set_policy(std::move(shown));
  reply.set_policy_name(kDefaultPolicyName);
  return reply;
}

}  // namespace kmaas::operations
