// Connecting custom key stores: what becomes of the store and of its keys. A connection is begun by
// a call and ends without one.
#pragma once

#include "core/services.h"
#include "domain/custom_key_store.h"
#include "ports/key_store_engines.h"

namespace kmaas::operations {

// The password of a store as it stands in its row; empty when a token has refused it, which must
// not see it again.
Result<SecretBytes> PasswordOf(const domain::CustomKeyStore& store, const core::Services& services,
                               Deadline deadline);

// Has `store`, whose row says that it is kConnecting, connected; the row and its keys follow when
// that has ended. Services' catalog and clock outlive it.
void BeginConnection(const domain::CustomKeyStore& store, SecretBytes password,
                     const core::Services& services);

// At start-up: the stores that were connected, or were about to be, in all accounts and Regions.
Result<void> ResumeConnections(const core::Services& services, Deadline deadline);

}  // namespace kmaas::operations
