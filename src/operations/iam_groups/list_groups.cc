// ListGroups: the groups of the account, by name, below a path.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/messages.h"
#include "operations/iam_common/paging.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListGroupsResponse> ListGroups(const iam::ListGroupsRequest& request,
                                           AccountCall& call) {
  const std::string prefix = request.has_path_prefix() ? request.path_prefix() : "/";
  KM_CHECK(CheckPathPrefix(prefix));
  KM_TRY(const Paging paging, ReadPaging(request, call));
  iam::ListGroupsResponse reply;
  const auto add = [&](const records::Group& group) -> Result<bool> {
    if (!group.path.starts_with(prefix)) return false;
    Fill(group, *reply.add_groups());
    return true;
  };
  KM_CHECK(ListRows<records::Group>(records::AccountPrefix(call.principal().account), paging, add,
                                    call, reply));
  return reply;
}

}  // namespace kmaas::operations
