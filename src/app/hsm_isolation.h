// Starting the process that PKCS#11 modules run in, as the configuration wants it.
#pragma once

#include "app/config.h"
#include "base/result.h"

namespace kmaas::app {

// With hsm.isolation: process, forks the supervisor of workers, confined to what modules need; from
// then on modules are loaded into workers. Call it while the process has one thread, after
// SetModuleEnvironment and before the PIN is read: the supervisor must not have it.
Result<void> IsolateModules(const Config& config);

}  // namespace kmaas::app
