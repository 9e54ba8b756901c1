// When a deletion can no longer be cancelled.
#pragma once

#include "domain/key.h"

namespace kmaas::operations {

// The waiting period has ended: material may be gone already, so nothing takes the key back.
inline bool HasWaited(const domain::Key& key, WallTime now) {
  return key.state == domain::KeyState::kPendingDeletion && key.deletion && key.deletion->date &&
         *key.deletion->date <= now;
}

}  // namespace kmaas::operations
