// Whether the PKCS#11 modules of this process run in workers, and what is known of those.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "hsm/worker/options.h"

namespace kmaas::hsm::worker {

// Forks the supervisor of workers and answers its process. From then on each Library::Load of one
// of its modules gets a worker of its own: loaded twice, a module runs in two. For the whole
// process; call it while that has one thread and no secret. Once more: a new supervisor, for what
// is loaded from then on.
Result<pid_t> Isolate(SupervisorOptions supervisor, const ProxyOptions& proxies);
bool AreModulesIsolated();  // whether that was called. Thread-safe.

struct WorkerStatus {
  std::size_t number = 0;  // among those of the process
  std::string module;
  pid_t process = 0;  // 0: none runs
  ProxyCounters counters;
};
// Of all that are loaded now. Thread-safe.
std::vector<WorkerStatus> Workers();

}  // namespace kmaas::hsm::worker
