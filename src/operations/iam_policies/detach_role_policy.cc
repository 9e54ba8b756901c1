// DetachRolePolicy: takes a managed policy off a role.
#include "operations/iam_common/attachments.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::DetachRolePolicyResponse> DetachRolePolicy(const iam::DetachRolePolicyRequest& request,
                                                       AccountCall& call) {
  KM_CHECK(DetachPolicy<records::Role>(call, request.role_name(), request.policy_arn()));
  return iam::DetachRolePolicyResponse();
}

}  // namespace kmaas::operations
