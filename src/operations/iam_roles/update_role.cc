// UpdateRole: changes the description and how long sessions of a role may last.
#include "operations/iam_common/entities.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::UpdateRoleResponse> UpdateRole(const iam::UpdateRoleRequest& request,
                                           AccountCall& call) {
  KM_CHECK(WriteEntity<records::Role>(
      call, request.role_name(), [&](records::Role& role, records::Changes& /*changes*/) {
        if (request.has_description()) role.description = request.description();
        if (request.has_max_session_duration())
          role.session_seconds_max = static_cast<std::uint32_t>(request.max_session_duration());
        return Result<void>();
      }));
  return iam::UpdateRoleResponse();
}

}  // namespace kmaas::operations
