// The list of operations: the one place that names them all.
#pragma once

#include <vector>

#include "core/operation.h"
#include "core/registry.h"

namespace kmaas::operations {

// One line per operation.
std::vector<core::Binding> All();

// All operations with their rpcs. Fails when list and proto disagree: then the server does not
// start.
Result<core::Registry> MakeRegistry();
// What the service does without a caller: for the scheduler's pipeline, and no front end's.
Result<core::Registry> MakeLifecycleRegistry();

}  // namespace kmaas::operations
