// DeleteGroup: a group that has neither members nor policies.
#include "operations/iam_common/deletion.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_common/memberships.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::DeleteGroupResponse> DeleteGroup(const iam::DeleteGroupRequest& request,
                                             AccountCall& call) {
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(const records::Group group,
           TakeEntity<records::Group>(changes, call.principal().account, request.group_name()));
    KM_TRY(const auto members, MemberNames(changes, group));
    if (!members.empty())
      return DeleteConflict("Cannot delete entity, must remove users from group first.");
    KM_CHECK(RequireNoPolicies(group.policies));
    return changes.Delete<records::Group>(records::GroupRow(group.account, group.name));
  }));
  return iam::DeleteGroupResponse();
}

}  // namespace kmaas::operations
