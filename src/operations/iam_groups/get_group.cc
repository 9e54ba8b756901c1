// GetGroup: a group and its members.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/messages.h"
#include "operations/iam_common/paging.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::GetGroupResponse> GetGroup(const iam::GetGroupRequest& request, AccountCall& call) {
  KM_TRY(const auto group, FindEntity<records::Group>(call, request.group_name()));
  KM_TRY(const Paging paging, ReadPaging(request, call));
  iam::GetGroupResponse reply;
  Fill(*group, *reply.mutable_group());
  const auto add = [&](const records::GroupMember& member) -> Result<bool> {
    KM_TRY(const auto user, call.services().catalog.Find<records::User>(
                                records::UserRow(member.account, member.user_name)));
    // Between two reads the user may have gone.
    if (user == nullptr) return false;
    Fill(*user, Detail::kListed, *reply.add_users());
    return true;
  };
  KM_CHECK(ListRows<records::GroupMember>(records::GroupMembersPrefix(group->account, group->name),
                                          paging, add, call, reply));
  return reply;
}

}  // namespace kmaas::operations
