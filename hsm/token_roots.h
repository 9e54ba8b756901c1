// The generations of roots, over an engine.
#pragma once

#include "hsm/engine_core.h"
#include "ports/token_roots.h"

namespace kmaas::hsm {

// Thread-safe. Borrows the core of an engine that has the service's keys.
class TokenRoots final : public ports::TokenRoots {
 public:
  explicit TokenRoots(EngineCore& core) : core_(core) {}

  Result<std::vector<std::uint32_t>> Find(Deadline deadline) override;
  Result<void> Prove(std::uint32_t generation, Deadline deadline) override;
  Result<void> WrapWith(std::uint32_t generation, Deadline deadline) override;
  Result<ports::GeneratedMaterial> Rewrap(const domain::KeyMaterial& material,
                                          Deadline deadline) override;
  Result<void> Destroy(std::uint32_t generation, Deadline deadline) override;

 private:
  EngineCore& core_;
};

}  // namespace kmaas::hsm
