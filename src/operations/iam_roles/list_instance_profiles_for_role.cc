// ListInstanceProfilesForRole: there are no instances and so no profiles; tools ask before they
// delete a role.
#include "operations/iam_common/entities.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListInstanceProfilesForRoleResponse> ListInstanceProfilesForRole(
    const iam::ListInstanceProfilesForRoleRequest& request, AccountCall& call) {
  KM_CHECK(FindEntity<records::Role>(call, request.role_name()));
  iam::ListInstanceProfilesForRoleResponse reply;
  reply.set_is_truncated(false);
  return reply;
}

}  // namespace kmaas::operations
