// The rows of a grant, always changed together: the grant, its indexes, and its key's count.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/grant.h"
#include "records/catalog.h"

namespace kmaas::core {

// Nothing when the key has no such grant.
Result<std::optional<domain::Grant>> FindGrant(records::Catalog& catalog, std::string_view region,
                                               const domain::KeyId& key_id,
                                               std::string_view grant_id);
// The grant that an index row leads to; nothing when it was deleted since the row was read.
Result<std::optional<domain::Grant>> FollowGrant(records::Catalog& catalog,
                                                 const records::GrantPointer& pointer);

// The id of the grant that has the name and all parameters of `asked`; nothing without a name.
Result<std::optional<std::string>> FindSameGrant(records::Changes& changes,
                                                 const domain::Grant& asked);

// Both count the grant in `key`, which the caller stores. kLimitExceeded when it has
// limits::kGrantsPerKeyMax.
Result<void> PutGrant(records::Changes& changes, domain::Key& key, const domain::Grant& grant);
// False when the key has no such grant.
Result<bool> DeleteGrant(records::Changes& changes, domain::Key& key, std::string_view grant_id);

}  // namespace kmaas::core
