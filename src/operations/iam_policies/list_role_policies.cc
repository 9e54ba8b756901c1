// ListRolePolicies: the names of the inline policies of a role.
#include "operations/iam_common/inline_policies.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListRolePoliciesResponse> ListRolePolicies(const iam::ListRolePoliciesRequest& request,
                                                       AccountCall& call) {
  iam::ListRolePoliciesResponse reply;
  KM_CHECK(ListInlinePolicies<records::Role>(call, request.role_name(), request, reply));
  return reply;
}

}  // namespace kmaas::operations
