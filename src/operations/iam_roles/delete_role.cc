// DeleteRole: a role that has no policies.
#include "operations/iam_common/boundaries.h"
#include "operations/iam_common/deletion.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::DeleteRoleResponse> DeleteRole(const iam::DeleteRoleRequest& request,
                                           AccountCall& call) {
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(records::Role role,
           TakeEntity<records::Role>(changes, call.principal().account, request.role_name()));
    KM_CHECK(RequireNoPolicies(role.policies));
    KM_CHECK(RemoveBoundary(role, changes));
    KM_CHECK(changes.Delete<records::PrincipalArn>(role.role_id));
    return changes.Delete<records::Role>(records::RoleRow(role.account, role.name));
  }));
  return iam::DeleteRoleResponse();
}

}  // namespace kmaas::operations
