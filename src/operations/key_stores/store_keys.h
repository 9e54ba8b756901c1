// The keys of a custom key store, which come and go with its connection.
#pragma once

#include "domain/custom_key_store.h"
#include "records/catalog.h"

namespace kmaas::operations {

// Of a store that leaves kConnected: its keys wait in kUnavailable for the state that they had.
Result<void> MakeKeysUnavailable(records::Changes& changes, const domain::CustomKeyStore& store);
// Of a store that is connected: those that wait have their state again.
Result<void> RestoreKeys(records::Changes& changes, const domain::CustomKeyStore& store);

}  // namespace kmaas::operations
