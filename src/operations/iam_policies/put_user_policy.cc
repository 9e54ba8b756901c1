// PutUserPolicy: adds an inline policy to a user, or replaces the one of that name.
#include "operations/iam_common/inline_policies.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::PutUserPolicyResponse> PutUserPolicy(const iam::PutUserPolicyRequest& request,
                                                 AccountCall& call) {
  KM_CHECK(PutInlinePolicy<records::User>(call, request.user_name(),
                                          {request.policy_name(), request.policy_document()}));
  return iam::PutUserPolicyResponse();
}

}  // namespace kmaas::operations
