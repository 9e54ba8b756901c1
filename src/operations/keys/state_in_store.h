// The state of keys whose custom key store may not be connected.
#pragma once

#include "domain/key.h"
#include "records/catalog.h"

namespace kmaas::operations {

// Gives the key its state; while its custom key store is not connected it is kUnavailable, and that
// state comes when it is. A key of no store has it at once.
Result<void> SetState(domain::Key& key, domain::KeyState state, records::Changes& changes);

// For a key that is about to be stored: kCustomKeyStoreNotFound or kCustomKeyStoreInvalidState when
// its store has gone or was disconnected since it was planned.
Result<void> CheckStoreIsConnected(const domain::Key& key, records::Changes& changes);

}  // namespace kmaas::operations
