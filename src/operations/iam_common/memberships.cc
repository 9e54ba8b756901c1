#include "operations/iam_common/memberships.h"

namespace kmaas::operations {

Result<std::vector<std::string>> MemberNames(records::Changes& changes,
                                             const records::Group& group) {
  constexpr std::size_t kRowsPerRead = 1000;
  std::vector<std::string> names;
  std::string after;
  for (bool more = true; more;) {
    KM_TRY(const records::Page page,
           changes.List<records::GroupMember>(
               records::GroupMembersPrefix(group.account, group.name), after, kRowsPerRead));
    for (const ports::Row& row : page.rows) {
      KM_TRY(auto member, records::Table<records::GroupMember>::Decode(row.value));
      names.push_back(std::move(member.user_name));
      after = row.key;
    }
    more = page.truncated;
  }
  return names;
}

}  // namespace kmaas::operations
