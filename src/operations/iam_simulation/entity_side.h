// The policies of a user, group or role as they are stored, for a simulation.
#pragma once

#include <string>

#include "base/result.h"
#include "core/call.h"
#include "operations/iam_simulation/simulation.h"

namespace kmaas::operations {

// Fills in the identity side and, for users, the caller. kNotFound for an ARN that names no user,
// group or role of the account.
Result<void> LoadEntity(const core::Call& call, const std::string& arn, Simulation& simulation);

}  // namespace kmaas::operations
