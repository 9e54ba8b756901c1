// DeleteUserPermissionsBoundary: takes the permissions boundary off a user.
#include "operations/iam_common/boundaries.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::DeleteUserPermissionsBoundaryResponse> DeleteUserPermissionsBoundary(
    const iam::DeleteUserPermissionsBoundaryRequest& request, AccountCall& call) {
  KM_CHECK(WriteEntity<records::User>(
      call, request.user_name(),
      [&](records::User& user, records::Changes& changes) -> Result<void> {
        if (user.permissions_boundary.empty())
          return NoSuchEntity("The user has no permissions boundary.");
        return RemoveBoundary(user, changes);
      }));
  return iam::DeleteUserPermissionsBoundaryResponse();
}

}  // namespace kmaas::operations
