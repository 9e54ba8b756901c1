// ListAttachedGroupPolicies: the managed policies on a group, in the order of attaching.
#include "operations/iam_common/attachments.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListAttachedGroupPoliciesResponse> ListAttachedGroupPolicies(
    const iam::ListAttachedGroupPoliciesRequest& request, AccountCall& call) {
  iam::ListAttachedGroupPoliciesResponse reply;
  KM_CHECK(ListAttached<records::Group>(call, request.group_name(), request, reply));
  return reply;
}

}  // namespace kmaas::operations
