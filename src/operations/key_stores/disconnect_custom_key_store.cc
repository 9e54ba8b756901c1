// DisconnectCustomKeyStore: logs out of the token of a store, whose keys are unavailable from then
// on. Takes back a connection that failed, too.
#include "operations/handlers.h"
#include "operations/key_stores/connection.h"
#include "operations/key_stores/key_store_rules.h"
#include "operations/key_stores/store_keys.h"

namespace kmaas::operations {

Result<kms::DisconnectCustomKeyStoreResponse> DisconnectCustomKeyStore(
    const kms::DisconnectCustomKeyStoreRequest& request, AccountCall& call) {
  using domain::ConnectionState;
  KM_TRY(const ConnectionTurn turn, TakeConnectionTurn(call.services(), call.deadline()));
  const Result<void> written = call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(domain::CustomKeyStore store, TakeStore(changes, call, request.custom_key_store_id()));
    KM_CHECK(CheckConnectionState(store, {ConnectionState::kConnected, ConnectionState::kConnecting,
                                          ConnectionState::kFailed}));
    if (store.connection_state == ConnectionState::kConnected)
      KM_CHECK(MakeKeysUnavailable(changes, store));
    store.connection_state = ConnectionState::kDisconnected;
    store.connection_error_code.reset();
    return changes.Put(store);
  });
  if (call.committed() && call.services().key_stores != nullptr)
    call.services().key_stores->Disconnect(request.custom_key_store_id());
  KM_CHECK(written);
  return kms::DisconnectCustomKeyStoreResponse();
}

}  // namespace kmaas::operations
