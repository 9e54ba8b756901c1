// RemoveUserFromGroup: the user's record and the group's index row.
#include "operations/iam_common/entities.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::RemoveUserFromGroupResponse> RemoveUserFromGroup(
    const iam::RemoveUserFromGroupRequest& request, AccountCall& call) {
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    const std::string& account = call.principal().account;
    KM_TRY(const records::Group group,
           TakeEntity<records::Group>(changes, account, request.group_name()));
    KM_TRY(records::User user, TakeEntity<records::User>(changes, account, request.user_name()));
    if (std::erase(user.groups, group.name) == 0) {
      return NoSuchEntity("User " + user.name + " is not in group " + group.name + ".");
    }
    KM_CHECK(changes.Put(user));
    return changes.Delete<records::GroupMember>(
        records::Table<records::GroupMember>::RowKey({account, group.name, user.name}));
  }));
  return iam::RemoveUserFromGroupResponse();
}

}  // namespace kmaas::operations
