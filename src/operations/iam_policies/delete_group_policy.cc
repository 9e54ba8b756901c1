// DeleteGroupPolicy: removes an inline policy of a group.
#include "operations/iam_common/inline_policies.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::DeleteGroupPolicyResponse> DeleteGroupPolicy(
    const iam::DeleteGroupPolicyRequest& request, AccountCall& call) {
  KM_CHECK(DeleteInlinePolicy<records::Group>(call, request.group_name(), request.policy_name()));
  return iam::DeleteGroupPolicyResponse();
}

}  // namespace kmaas::operations
