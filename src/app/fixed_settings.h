// Which settings a server cannot take while it runs.
#pragma once

#include <string>
#include <vector>

#include "app/config.h"
#include "base/result.h"

namespace kmaas::app {

// The names of those that differ between the two, as the configuration spells them. The others
// (log, siem, grpc.principals, shutdown) can be taken at run time.
std::vector<std::string> ChangedFixedSettings(const Config& now, const Config& wanted);

// Refuses `wanted` when one of them differs. kValidation names each with its line, as LoadConfig
// does: "kmaas.yaml:12:9: https.port: ...".
Result<void> RefuseFixedSettings(const Config& now, const Config& wanted);

}  // namespace kmaas::app
