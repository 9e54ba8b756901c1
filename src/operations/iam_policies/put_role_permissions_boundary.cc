// PutRolePermissionsBoundary: narrows a role to what a managed policy allows.
#include "operations/iam_common/boundaries.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::PutRolePermissionsBoundaryResponse> PutRolePermissionsBoundary(
    const iam::PutRolePermissionsBoundaryRequest& request, AccountCall& call) {
  KM_CHECK(WriteEntity<records::Role>(
      call, request.role_name(), [&](records::Role& role, records::Changes& changes) {
        return SetBoundary(request.permissions_boundary(), role, changes);
      }));
  return iam::PutRolePermissionsBoundaryResponse();
}

}  // namespace kmaas::operations
