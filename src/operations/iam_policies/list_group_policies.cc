// ListGroupPolicies: the names of the inline policies of a group.
#include "operations/iam_common/inline_policies.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListGroupPoliciesResponse> ListGroupPolicies(
    const iam::ListGroupPoliciesRequest& request, AccountCall& call) {
  iam::ListGroupPoliciesResponse reply;
  KM_CHECK(ListInlinePolicies<records::Group>(call, request.group_name(), request, reply));
  return reply;
}

}  // namespace kmaas::operations
