// UpdateRoleDescription: the older way to change the description of a role.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/messages.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::UpdateRoleDescriptionResponse> UpdateRoleDescription(
    const iam::UpdateRoleDescriptionRequest& request, AccountCall& call) {
  iam::UpdateRoleDescriptionResponse reply;
  KM_CHECK(WriteEntity<records::Role>(
      call, request.role_name(), [&](records::Role& role, records::Changes& /*changes*/) {
        role.description = request.description();
        return FillRole(role, Detail::kWhole, call.services().catalog, *reply.mutable_role());
      }));
  return reply;
}

}  // namespace kmaas::operations
