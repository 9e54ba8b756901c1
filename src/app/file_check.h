// Whether the files that the configuration names can be used.
#pragma once

#include "app/config.h"
#include "base/clock.h"
#include "base/result.h"

namespace kmaas::app {

// The files that kmaasd needs, checked without the token: certificates, authorities and the
// principals of gRPC. The error names the setting and the file.
Result<void> CheckFiles(const Config& config, WallTime now);

}  // namespace kmaas::app
