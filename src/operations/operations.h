// The list of operations: the one place that names them all.
#pragma once

#include <vector>

#include "core/operation.h"
#include "core/registry.h"

namespace kmaas::operations {

// One line per operation.
std::vector<core::Binding> All();

// All operations with their rpcs, for one service: what its calls share, as the bound of
// simulations at a time, is the registry's. Fails when list and proto disagree: then the server
// does not start.
Result<core::Registry> MakeRegistry();
// What the service does without a caller: for the scheduler's pipeline, and no front end's.
Result<core::Registry> MakeLifecycleRegistry();

}  // namespace kmaas::operations
