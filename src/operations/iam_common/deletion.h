// What must be gone before an entity may go.
#pragma once

#include <string>

#include "base/result.h"
#include "records/identity_records.h"

namespace kmaas::operations {

Error DeleteConflict(std::string message);

// kDeleteConflict for an entity with inline or attached policies.
Result<void> RequireNoPolicies(const records::EntityPolicies& policies);

}  // namespace kmaas::operations
