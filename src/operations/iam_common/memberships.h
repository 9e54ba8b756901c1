// The membership of users in groups: the user's record says it, an index row finds it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "records/catalog.h"

namespace kmaas::operations {

inline constexpr std::size_t kGroupsPerUserMax = 10;

// The users in a group, by name.
Result<std::vector<std::string>> MemberNames(records::Changes& changes,
                                             const records::Group& group);

}  // namespace kmaas::operations
