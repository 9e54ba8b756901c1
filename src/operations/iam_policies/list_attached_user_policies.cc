// ListAttachedUserPolicies: the managed policies on a user, in the order of attaching.
#include "operations/iam_common/attachments.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListAttachedUserPoliciesResponse> ListAttachedUserPolicies(
    const iam::ListAttachedUserPoliciesRequest& request, AccountCall& call) {
  iam::ListAttachedUserPoliciesResponse reply;
  KM_CHECK(ListAttached<records::User>(call, request.user_name(), request, reply));
  return reply;
}

}  // namespace kmaas::operations
