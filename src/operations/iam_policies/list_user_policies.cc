// ListUserPolicies: the names of the inline policies of a user.
#include "operations/iam_common/inline_policies.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListUserPoliciesResponse> ListUserPolicies(const iam::ListUserPoliciesRequest& request,
                                                       AccountCall& call) {
  iam::ListUserPoliciesResponse reply;
  KM_CHECK(ListInlinePolicies<records::User>(call, request.user_name(), request, reply));
  return reply;
}

}  // namespace kmaas::operations
