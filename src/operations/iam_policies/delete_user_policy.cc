// DeleteUserPolicy: removes an inline policy of a user.
#include "operations/iam_common/inline_policies.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::DeleteUserPolicyResponse> DeleteUserPolicy(const iam::DeleteUserPolicyRequest& request,
                                                       AccountCall& call) {
  KM_CHECK(DeleteInlinePolicy<records::User>(call, request.user_name(), request.policy_name()));
  return iam::DeleteUserPolicyResponse();
}

}  // namespace kmaas::operations
