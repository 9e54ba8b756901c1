// The process that has a PKCS#11 module loaded and does what the server asks of it.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "hsm/worker/region.h"

namespace kmaas::hsm::worker {

// A module that workers may load.
struct ModuleSource {
  std::string path;
  std::string parameters = {};  // pReserved of C_Initialize; NSS only
  bool operator==(const ModuleSource&) const = default;
};

// What the program does to the processes that it starts here; all of it may be left out.
struct Confinement {
  // In the supervisor, when it is alone, and for all workers that come of it: its rights to files.
  std::function<Result<void>()> of_files;
  // In a worker, when its module is loaded and its threads are there, before the first call.
  std::function<Result<void>()> of_calls;
  // In a worker, every second: says in the log what was refused.
  std::function<void()> report;
};

// In a process that was just forked and has one thread. Serves until `lifeline` closes.
[[noreturn]] void RunWorker(int memory, int lifeline, const Layout& layout,
                            const ModuleSource& module, const Confinement& confinement);

}  // namespace kmaas::hsm::worker
