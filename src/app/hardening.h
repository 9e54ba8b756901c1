// What kmaasd gives up of what it could do: its user, then files and ports, then system calls.
#pragma once

#include "app/config.h"
#include "base/result.h"
#include "confinement/rights.h"

namespace kmaas::app {

// First of all: root becomes process.user, or stays without capabilities. Refuses to work as root
// on another user's data, whose files it would make its own. The error is for the operator.
Result<void> DropPrivileges(const Config& config);

// What a server with this configuration needs. Reads the module's own configuration, so call it
// after SetModuleEnvironment.
confinement::Rights ToRights(const Config& config);

// Of them, those for SIEM destinations. Reads nothing but the configuration.
confinement::Rights RightsOfDestinations(const Config& config);
// What a worker needs that runs the modules of this configuration.
confinement::Rights ToWorkerRights(const Config& config);

// Before there are threads, and before anything that others say is looked at.
Result<void> ConfineFiles(const Config& config, const confinement::Rights& rights);
// When everything has started; for all threads.
Result<void> ConfineCalls(const Config& config, const confinement::Rights& rights);

// Says in the log what was refused since the last time: system calls, and memory to be locked. For
// one thread.
void LogRefusals();

}  // namespace kmaas::app
