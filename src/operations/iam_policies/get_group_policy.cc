// GetGroupPolicy: the document of an inline policy of a group.
#include "operations/iam_common/inline_policies.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::GetGroupPolicyResponse> GetGroupPolicy(const iam::GetGroupPolicyRequest& request,
                                                   AccountCall& call) {
  KM_TRY(std::string document,
         GetInlineDocument<records::Group>(call, request.group_name(), request.policy_name()));
  iam::GetGroupPolicyResponse reply;
  reply.set_group_name(request.group_name());
  reply.set_policy_name(request.policy_name());
  reply.set_policy_document(std::move(document));
  return reply;
}

}  // namespace kmaas::operations
