// ListGroupsForUser: the groups that a user is in, in the order of joining.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/messages.h"
#include "operations/iam_common/paging.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListGroupsForUserResponse> ListGroupsForUser(
    const iam::ListGroupsForUserRequest& request, AccountCall& call) {
  KM_TRY(const auto user, FindEntity<records::User>(call, request.user_name()));
  KM_TRY(const Paging paging, ReadPaging(request, call));
  std::vector<records::Group> groups;
  for (const std::string& name : user->groups) {
    KM_TRY(const auto group,
           call.services().catalog.Find<records::Group>(records::GroupRow(user->account, name)));
    // Between two reads the group may have gone.
    if (group != nullptr) groups.push_back(*group);
  }
  iam::ListGroupsForUserResponse reply;
  ListItems(
      groups, paging, [](const records::Group& group) { return group.name; },
      [&reply](const records::Group& group) { Fill(group, *reply.add_groups()); }, call, reply);
  return reply;
}

}  // namespace kmaas::operations
