// DetachUserPolicy: takes a managed policy off a user.
#include "operations/iam_common/attachments.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::DetachUserPolicyResponse> DetachUserPolicy(const iam::DetachUserPolicyRequest& request,
                                                       AccountCall& call) {
  KM_CHECK(DetachPolicy<records::User>(call, request.user_name(), request.policy_arn()));
  return iam::DetachUserPolicyResponse();
}

}  // namespace kmaas::operations
