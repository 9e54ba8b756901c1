// GetPolicy: a managed policy, without its document.
#include "operations/iam_common/managed_policies.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::GetPolicyResponse> GetPolicy(const iam::GetPolicyRequest& request, AccountCall& call) {
  KM_TRY(const auto policy, FindManagedPolicy(call, request.policy_arn()));
  iam::GetPolicyResponse reply;
  KM_CHECK(FillPolicy(call, *policy, PolicyDetail::kWhole, *reply.mutable_policy()));
  return reply;
}

}  // namespace kmaas::operations
