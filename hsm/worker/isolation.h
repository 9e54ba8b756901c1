// Whether the PKCS#11 modules of this process run in workers, and what is known of those.
#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "hsm/cryptoki.h"
#include "hsm/worker/proxy.h"
#include "hsm/worker/supervisor.h"

namespace kmaas::hsm::worker {

// From now on each Library::Load of one of the supervisor's modules gets a worker of its own:
// loaded twice, it runs in two. For the whole process, because only one can be forked before its
// threads. Null: modules are loaded into this process again. Those that are loaded stay as they
// are.
void Isolate(std::shared_ptr<Supervisor> supervisor, const ProxyOptions& options);

// Null when modules are not isolated. kNotFound for one that the supervisor does not know.
Result<CK_FUNCTION_LIST*> LoadIsolated(const ModuleSource& module);
// The end of what LoadIsolated made; nothing for other modules.
void Unload(const CK_FUNCTION_LIST& functions);

// For modules that are not isolated, false.
bool HasOutgrown(const CK_FUNCTION_LIST& functions);
// A worker that is gone or has outgrown its memory: only a new initialisation helps.
bool MustBeReplaced(const CK_FUNCTION_LIST& functions);

struct WorkerStatus {
  std::size_t number = 0;  // among those of the process
  std::string module;
  ProxyCounters counters;
};
// Of all that are loaded now. Thread-safe.
std::vector<WorkerStatus> Workers();

}  // namespace kmaas::hsm::worker
