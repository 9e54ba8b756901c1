// PutGroupPolicy: adds an inline policy to a group, or replaces the one of that name.
#include "operations/iam_common/inline_policies.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::PutGroupPolicyResponse> PutGroupPolicy(const iam::PutGroupPolicyRequest& request,
                                                   AccountCall& call) {
  KM_CHECK(PutInlinePolicy<records::Group>(call, request.group_name(),
                                           {request.policy_name(), request.policy_document()}));
  return iam::PutGroupPolicyResponse();
}

}  // namespace kmaas::operations
