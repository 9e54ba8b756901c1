// AttachUserPolicy: puts a managed policy on a user; a second time changes nothing.
#include "operations/iam_common/attachments.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::AttachUserPolicyResponse> AttachUserPolicy(const iam::AttachUserPolicyRequest& request,
                                                       AccountCall& call) {
  KM_CHECK(AttachPolicy<records::User>(call, request.user_name(), request.policy_arn()));
  return iam::AttachUserPolicyResponse();
}

}  // namespace kmaas::operations
