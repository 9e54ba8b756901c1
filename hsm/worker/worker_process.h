// The process that has a PKCS#11 module loaded and does what the server asks of it.
#pragma once

#include "hsm/worker/options.h"
#include "hsm/worker/region.h"

namespace kmaas::hsm::worker {

// In a process that was just forked and has one thread. Serves until `lifeline` closes.
[[noreturn]] void RunWorker(int memory, int lifeline, const Layout& layout,
                            const ModuleSource& module, const Confinement& confinement);

}  // namespace kmaas::hsm::worker
