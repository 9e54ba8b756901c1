// PutRolePolicy: adds an inline policy to a role, or replaces the one of that name.
#include "operations/iam_common/inline_policies.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::PutRolePolicyResponse> PutRolePolicy(const iam::PutRolePolicyRequest& request,
                                                 AccountCall& call) {
  KM_CHECK(PutInlinePolicy<records::Role>(call, request.role_name(),
                                          {request.policy_name(), request.policy_document()}));
  return iam::PutRolePolicyResponse();
}

}  // namespace kmaas::operations
