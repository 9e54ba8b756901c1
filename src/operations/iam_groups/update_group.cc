// UpdateGroup: another name or path; its members and policies follow.
#include <algorithm>

#include "operations/iam_common/memberships.h"
#include "operations/iam_common/moving.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {
namespace {

Result<void> MoveMember(records::Changes& changes, const std::string& user_name,
                        const records::Group& old, const records::Group& moved) {
  KM_CHECK(changes.Delete<records::GroupMember>(
      records::Table<records::GroupMember>::RowKey({old.account, old.name, user_name})));
  KM_CHECK(changes.Put(records::GroupMember{old.account, moved.name, user_name}));
  KM_TRY(std::optional<records::User> user,
         changes.Get<records::User>(records::UserRow(old.account, user_name)));
  if (!user) return {};
  std::replace(user->groups.begin(), user->groups.end(), old.name, moved.name);
  return changes.Put(*user);
}

// Read whole before anything is written: what is written would be read again.
Result<void> MoveMembers(records::Changes& changes, const records::Group& old,
                         const records::Group& moved) {
  KM_TRY(const std::vector<std::string> users, MemberNames(changes, old));
  for (const std::string& user : users) KM_CHECK(MoveMember(changes, user, old, moved));
  return {};
}

}  // namespace

Result<iam::UpdateGroupResponse> UpdateGroup(const iam::UpdateGroupRequest& request,
                                             AccountCall& call) {
  if (request.has_new_path()) KM_CHECK(CheckPath(request.new_path()));
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(const records::Group old,
           TakeEntity<records::Group>(changes, call.principal().account, request.group_name()));
    records::Group moved = old;
    if (request.has_new_group_name()) moved.name = request.new_group_name();
    if (request.has_new_path()) moved.path = request.new_path();
    if (moved.name != old.name) KM_CHECK(MoveMembers(changes, old, moved));
    return Replace(changes, old, moved);
  }));
  return iam::UpdateGroupResponse();
}

}  // namespace kmaas::operations
