// GetRole: a role with its trust policy.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/messages.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::GetRoleResponse> GetRole(const iam::GetRoleRequest& request, AccountCall& call) {
  KM_TRY(const auto role, FindEntity<records::Role>(call, request.role_name()));
  iam::GetRoleResponse reply;
  KM_CHECK(FillRole(*role, Detail::kWhole, call.services().catalog, *reply.mutable_role()));
  return reply;
}

}  // namespace kmaas::operations
