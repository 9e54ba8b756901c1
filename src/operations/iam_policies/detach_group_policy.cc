// DetachGroupPolicy: takes a managed policy off a group.
#include "operations/iam_common/attachments.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::DetachGroupPolicyResponse> DetachGroupPolicy(
    const iam::DetachGroupPolicyRequest& request, AccountCall& call) {
  KM_CHECK(DetachPolicy<records::Group>(call, request.group_name(), request.policy_arn()));
  return iam::DetachGroupPolicyResponse();
}

}  // namespace kmaas::operations
