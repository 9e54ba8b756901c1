// GetUserPolicy: the document of an inline policy of a user.
#include "operations/iam_common/inline_policies.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::GetUserPolicyResponse> GetUserPolicy(const iam::GetUserPolicyRequest& request,
                                                 AccountCall& call) {
  KM_TRY(std::string document,
         GetInlineDocument<records::User>(call, request.user_name(), request.policy_name()));
  iam::GetUserPolicyResponse reply;
  reply.set_user_name(request.user_name());
  reply.set_policy_name(request.policy_name());
  reply.set_policy_document(std::move(document));
  return reply;
}

}  // namespace kmaas::operations
