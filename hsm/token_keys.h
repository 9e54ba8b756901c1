// ports::TokenKeys over the engine's token.
#pragma once

#include "hsm/engine_core.h"
#include "ports/token_keys.h"

namespace kmaas::hsm {

// Thread-safe. Borrows the core of an engine that has the service's keys.
class TokenKeys final : public ports::TokenKeys {
 public:
  explicit TokenKeys(EngineCore& core) : core_(core) {}

  Result<std::vector<ports::TokenKey>> List(Deadline deadline) override;
  Result<void> Destroy(const ports::TokenKey& key, Deadline deadline) override;

 private:
  EngineCore& core_;
};

// Of whoever holds Generation::LockTokenObjects() and is about to make or to take over the resident
// key of an import. Its id follows from the material, so one that a crash left behind may be
// imported again at any time; from now on nobody takes it for left behind while the process lives.
void SpareImported(const domain::MaterialId& id);

}  // namespace kmaas::hsm
