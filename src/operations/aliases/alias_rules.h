// What every alias name that a request gives obeys.
#pragma once

#include <string>

#include "base/result.h"
#include "domain/key.h"
#include "records/catalog.h"

namespace kmaas::operations {

// kValidation without the prefix "alias/", kInvalidAliasName for other characters and for the
// reserved "alias/aws/".
Result<void> CheckAliasName(const std::string& name);

// kLimitExceeded when the key has as many aliases as limits::kAliasesPerKeyMax.
Result<void> CheckRoomForAlias(const domain::Key& key, records::Changes& changes);

// The alias inside a transaction, or kNotFound with AWS's text.
Result<domain::Alias> RequireAlias(records::Changes& changes, const std::string& account,
                                   const std::string& region, const std::string& name);

}  // namespace kmaas::operations
