// What a custom key store that may not be connected means to its keys.
#pragma once

#include <cstddef>

#include "domain/key.h"
#include "records/catalog.h"

namespace kmaas::operations {

// Gives the key its state; while its custom key store is not connected it is kUnavailable, and that
// state comes when it is. A key of no store has it at once.
Result<void> SetState(domain::Key& key, domain::KeyState state, records::Changes& changes);

// For a key that is about to be stored: kCustomKeyStoreNotFound or kCustomKeyStoreInvalidState when
// its store has gone or was disconnected since it was planned.
Result<void> CheckStoreIsConnected(const domain::Key& key, records::Changes& changes);

// Keys of one store, which all change their state in one transaction when it is connected.
inline constexpr std::size_t kKeysPerStoreMax = 1000;
// For a key that is about to be stored: kLimitExceeded when its store has so many.
Result<void> CheckStoreHasRoom(const domain::Key& key, records::Changes& changes);

// What fails at the token of a custom key store, in the words of an operation that names the store
// and no key of it: kCustomKeyStoreInvalidState, kDependencyTimeout.
Error OfStore(Error error);

}  // namespace kmaas::operations
