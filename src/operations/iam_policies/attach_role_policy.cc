// AttachRolePolicy: puts a managed policy on a role; a second time changes nothing.
#include "operations/iam_common/attachments.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::AttachRolePolicyResponse> AttachRolePolicy(const iam::AttachRolePolicyRequest& request,
                                                       AccountCall& call) {
  KM_CHECK(AttachPolicy<records::Role>(call, request.role_name(), request.policy_arn()));
  return iam::AttachRolePolicyResponse();
}

}  // namespace kmaas::operations
