// The store's head as the token remembers it: a private data object that is never rewritten.
#pragma once

#include "hsm/engine_core.h"
#include "ports/store_head.h"

namespace kmaas::hsm {

// Thread-safe. Borrows the core of an engine that has the service's keys. A new head is a new
// object; the old ones go when it is there, because SoftHSM rewrites in place what is changed, and
// loses it when it is killed meanwhile. Of the old ones the last that was flushed stays until a
// later one is. The value carries a MAC under a key of the integrity key
// and the token's serial number, so an anchor of another token is none.
class TokenAnchor final : public ports::TokenAnchor {
 public:
  explicit TokenAnchor(EngineCore& core) : core_(core) {}

  // Seeks the token each time and changes nothing in it: fit for a process beside the server.
  Result<std::optional<ports::StoreHead>> ReadAnchor(Deadline deadline) override;
  // kConflict for a head that is not beyond the one remembered; for the same one it succeeds. Seeks
  // once per engine generation.
  Result<void> WriteAnchor(const ports::StoreHead& head, Deadline deadline) override;

 private:
  EngineCore& core_;
};

}  // namespace kmaas::hsm
