// kmaas explain --request-id: why a call that was made was decided so.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/invocation.h"

namespace kmaas::cli {

// Prints the record, and what today's policies say. kNotFound when the trail has no such call.
Result<void> ExplainRequest(Invocation& invocation, const std::string& request_id);

}  // namespace kmaas::cli
