// The access keys of a user, by the index row that leads to each.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "core/call.h"
#include "records/catalog.h"

namespace kmaas::operations {

inline constexpr std::size_t kAccessKeysPerUserMax = 2;

constexpr std::string_view StatusText(bool active) { return active ? "Active" : "Inactive"; }

// An access key of this user, to be changed; kNotFound for every other id.
Result<records::StoredAccessKey> TakeAccessKey(records::Changes& changes,
                                               const std::string& account,
                                               const std::string& user_name, const std::string& id);

// All of a user's: never more than kAccessKeysPerUserMax.
Result<std::vector<records::StoredAccessKey>> AccessKeysOf(const core::Call& call,
                                                           const std::string& user_name);
Result<std::size_t> CountAccessKeys(records::Changes& changes, const records::User& user);

}  // namespace kmaas::operations
