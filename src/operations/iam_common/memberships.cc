#include "operations/iam_common/memberships.h"

#include "records/every_row.h"

namespace kmaas::operations {

Result<std::vector<std::string>> MemberNames(records::Changes& changes,
                                             const records::Group& group) {
  std::vector<std::string> names;
  KM_CHECK(records::ForEachRow<records::GroupMember>(
      changes, records::GroupMembersPrefix(group.account, group.name),
      [&](records::GroupMember member) { names.push_back(std::move(member.user_name)); }));
  return names;
}

}  // namespace kmaas::operations
