// The alias of an account: unique in the installation.
#pragma once

#include <string>

#include "base/result.h"
#include "core/call.h"
#include "records/catalog.h"

namespace kmaas::operations {

// kValidation unless it is 3 to 63 lower-case letters, digits and single hyphens inside, and no
// account id.
Result<void> CheckAccountAlias(const std::string& alias);

Result<records::Account> TakeAccount(records::Changes& changes, const core::Call& call);
// Looks at every account: aliases are changed seldom.
Result<bool> IsAliasTaken(records::Changes& changes, const std::string& alias,
                          const std::string& but_by_account);

}  // namespace kmaas::operations
