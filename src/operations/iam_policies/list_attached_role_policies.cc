// ListAttachedRolePolicies: the managed policies on a role, in the order of attaching.
#include "operations/iam_common/attachments.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListAttachedRolePoliciesResponse> ListAttachedRolePolicies(
    const iam::ListAttachedRolePoliciesRequest& request, AccountCall& call) {
  iam::ListAttachedRolePoliciesResponse reply;
  KM_CHECK(ListAttached<records::Role>(call, request.role_name(), request, reply));
  return reply;
}

}  // namespace kmaas::operations
