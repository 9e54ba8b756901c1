// AttachGroupPolicy: puts a managed policy on a group; a second time changes nothing.
#include "operations/iam_common/attachments.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::AttachGroupPolicyResponse> AttachGroupPolicy(
    const iam::AttachGroupPolicyRequest& request, AccountCall& call) {
  KM_CHECK(AttachPolicy<records::Group>(call, request.group_name(), request.policy_arn()));
  return iam::AttachGroupPolicyResponse();
}

}  // namespace kmaas::operations
