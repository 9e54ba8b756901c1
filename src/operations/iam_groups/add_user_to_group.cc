// AddUserToGroup: the user's record and the group's index row; a second time changes nothing.
#include <algorithm>

#include "operations/iam_common/entities.h"
#include "operations/iam_common/memberships.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::AddUserToGroupResponse> AddUserToGroup(const iam::AddUserToGroupRequest& request,
                                                   AccountCall& call) {
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    const std::string& account = call.principal().account;
    KM_TRY(const records::Group group,
           TakeEntity<records::Group>(changes, account, request.group_name()));
    KM_TRY(records::User user, TakeEntity<records::User>(changes, account, request.user_name()));
    if (std::find(user.groups.begin(), user.groups.end(), group.name) != user.groups.end())
      return {};
    if (user.groups.size() >= kGroupsPerUserMax) {
      return Error{ErrorCode::kLimitExceeded,
                   "Cannot exceed quota for GroupsPerUser: " + std::to_string(kGroupsPerUserMax)};
    }
    user.groups.push_back(group.name);
    KM_CHECK(changes.Put(user));
    return changes.Put(records::GroupMember{account, group.name, user.name});
  }));
  return iam::AddUserToGroupResponse();
}

}  // namespace kmaas::operations
