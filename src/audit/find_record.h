// Looking for one record in a trail.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kmaas::audit {

// The newest line of the trail in `directory` whose record has this request id; nothing when no
// line has. Reads the files from the newest to the oldest. Fails when one cannot be read.
Result<std::optional<std::string>> FindByRequestId(const std::string& directory,
                                                   std::string_view request_id);

}  // namespace kmaas::audit
