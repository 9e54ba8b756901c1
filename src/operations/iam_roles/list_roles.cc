// ListRoles: the roles of the account, by name, below a path.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/messages.h"
#include "operations/iam_common/paging.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListRolesResponse> ListRoles(const iam::ListRolesRequest& request, AccountCall& call) {
  const std::string prefix = request.has_path_prefix() ? request.path_prefix() : "/";
  KM_CHECK(CheckPathPrefix(prefix));
  KM_TRY(const Paging paging, ReadPaging(request, call));
  iam::ListRolesResponse reply;
  const auto add = [&](const records::Role& role) -> Result<bool> {
    if (!role.path.starts_with(prefix)) return false;
    KM_CHECK(FillRole(role, Detail::kListed, call.services().catalog, *reply.add_roles()));
    return true;
  };
  KM_CHECK(ListRows<records::Role>(records::AccountPrefix(call.principal().account), paging, add,
                                   call, reply));
  return reply;
}

}  // namespace kmaas::operations
