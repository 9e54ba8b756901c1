// PutUserPermissionsBoundary: narrows a user to what a managed policy allows.
#include "operations/iam_common/boundaries.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::PutUserPermissionsBoundaryResponse> PutUserPermissionsBoundary(
    const iam::PutUserPermissionsBoundaryRequest& request, AccountCall& call) {
  KM_CHECK(WriteEntity<records::User>(
      call, request.user_name(), [&](records::User& user, records::Changes& changes) {
        return SetBoundary(request.permissions_boundary(), user, changes);
      }));
  return iam::PutUserPermissionsBoundaryResponse();
}

}  // namespace kmaas::operations
