// DeleteRolePolicy: removes an inline policy of a role.
#include "operations/iam_common/inline_policies.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::DeleteRolePolicyResponse> DeleteRolePolicy(const iam::DeleteRolePolicyRequest& request,
                                                       AccountCall& call) {
  KM_CHECK(DeleteInlinePolicy<records::Role>(call, request.role_name(), request.policy_name()));
  return iam::DeleteRolePolicyResponse();
}

}  // namespace kmaas::operations
