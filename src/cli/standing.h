// How a database stands against what token and audit trail remember of it, in JSON.
#pragma once

#include "cli/json_writer.h"
#include "storage/rollback_check.h"

namespace kmaas::cli {

// Members of the object that has begun.
void WriteStanding(JsonWriter& json, const storage::Evidence& evidence);

}  // namespace kmaas::cli
