// Connecting custom key stores: what becomes of the store and of its keys. A connection is begun by
// a call and ends without one.
#pragma once

#include <mutex>

#include "core/services.h"
#include "domain/custom_key_store.h"
#include "ports/key_store_engines.h"

namespace kmaas::operations {

// The password of a store as it stands in its row; empty when a token has refused it, which must
// not see it again.
Result<SecretBytes> PasswordOf(const domain::CustomKeyStore& store, const core::Services& services,
                               Deadline deadline);

// What the rows say and what the port is told must come in one order: held from the write of
// kConnecting or kDisconnected until the port knows it, one at a time in the process.
using ConnectionTurn = std::unique_lock<std::timed_mutex>;
// kThrottling when others have it until the deadline.
Result<ConnectionTurn> TakeConnectionTurn(const core::Services& services, Deadline deadline);

// Has `store`, whose row says that it is kConnecting, or kConnected when it is resumed, connected;
// the row and its keys follow when that has ended, without a turn. Services' catalog and clock
// outlive it.
void BeginConnection(const domain::CustomKeyStore& store, SecretBytes password,
                     const core::Services& services);

// At start-up, in all accounts and Regions: connects the stores that were connected. One that was
// about to be has failed: its token may have seen the password, which it must not see again
// unasked.
Result<void> ResumeConnections(const core::Services& services, Deadline deadline);

}  // namespace kmaas::operations
