// GetRolePolicy: the document of an inline policy of a role.
#include "operations/iam_common/inline_policies.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::GetRolePolicyResponse> GetRolePolicy(const iam::GetRolePolicyRequest& request,
                                                 AccountCall& call) {
  KM_TRY(std::string document,
         GetInlineDocument<records::Role>(call, request.role_name(), request.policy_name()));
  iam::GetRolePolicyResponse reply;
  reply.set_role_name(request.role_name());
  reply.set_policy_name(request.policy_name());
  reply.set_policy_document(std::move(document));
  return reply;
}

}  // namespace kmaas::operations
