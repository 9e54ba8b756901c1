// Modules that Library::Load gets from workers (isolation.h).
#pragma once

#include "base/result.h"
#include "hsm/cryptoki.h"
#include "hsm/worker/options.h"

namespace kmaas::hsm::worker {

// Null when modules are not isolated. kNotFound for one that workers may not load.
Result<CK_FUNCTION_LIST*> LoadIsolated(const ModuleSource& module);
// The end of what LoadIsolated made; nothing for other modules.
void Unload(const CK_FUNCTION_LIST& functions);

// While it lives, in this thread: what C_Sign makes is given to C_Verify next, with the same
// mechanism, key and data. A worker then does both at once, which spares a switch of processes.
class WithVerification {
 public:
  WithVerification();
  ~WithVerification();
  WithVerification(const WithVerification&) = delete;
  WithVerification& operator=(const WithVerification&) = delete;
};

// For modules that are not isolated, false.
bool HasOutgrown(const CK_FUNCTION_LIST& functions);
// A worker that is gone or has outgrown its memory: only a new initialisation helps.
bool MustBeReplaced(const CK_FUNCTION_LIST& functions);

}  // namespace kmaas::hsm::worker
