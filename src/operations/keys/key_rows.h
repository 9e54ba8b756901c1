// All rows of a key, deleted together.
#pragma once

#include <string>
#include <vector>

#include "domain/deleted_key.h"
#include "records/catalog.h"

namespace kmaas::operations {

// Deletes the key and everything that belongs to it in its Region: materials, import keys, policy,
// aliases, grants, indexes, last use and whatever is due. Fills in what `deleted` says of them:
// materials, aliases, grants.
Result<void> DeleteKeyRows(records::Changes& changes, const domain::Key& key,
                           domain::DeletedKey& deleted);

}  // namespace kmaas::operations
