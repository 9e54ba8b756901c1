// DeleteRolePermissionsBoundary: takes the permissions boundary off a role.
#include "operations/iam_common/boundaries.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::DeleteRolePermissionsBoundaryResponse> DeleteRolePermissionsBoundary(
    const iam::DeleteRolePermissionsBoundaryRequest& request, AccountCall& call) {
  KM_CHECK(WriteEntity<records::Role>(
      call, request.role_name(),
      [&](records::Role& role, records::Changes& changes) -> Result<void> {
        if (role.permissions_boundary.empty())
          return NoSuchEntity("The role has no permissions boundary.");
        return RemoveBoundary(role, changes);
      }));
  return iam::DeleteRolePermissionsBoundaryResponse();
}

}  // namespace kmaas::operations
