// ConnectCustomKeyStore: begins to log in to the token of a store. Its keys can be used when it is
// connected, which DescribeCustomKeyStores tells.
#include "operations/handlers.h"
#include "operations/key_stores/connection.h"
#include "operations/key_stores/key_store_rules.h"

namespace kmaas::operations {
namespace {

using domain::ConnectionState;

bool IsConnectedOrAboutTo(const domain::CustomKeyStore& store) {
  return store.connection_state == ConnectionState::kConnected ||
         store.connection_state == ConnectionState::kConnecting;
}

// `seen` is the row whose password was opened.
Result<domain::CustomKeyStore> TakeForConnection(records::Changes& changes,
                                                 const domain::CustomKeyStore& seen,
                                                 const AccountCall& call) {
  KM_TRY(domain::CustomKeyStore store, TakeStore(changes, call, seen.id));
  KM_CHECK(CheckConnectionState(store, {ConnectionState::kDisconnected}));
  if (store.sealed_password != seen.sealed_password)
    return Error{ErrorCode::kCustomKeyStoreInvalidState,
                 "The custom key store '" + store.id + "' is being updated."};
  return store;
}

}  // namespace

Result<kms::ConnectCustomKeyStoreResponse> ConnectCustomKeyStore(
    const kms::ConnectCustomKeyStoreRequest& request, AccountCall& call) {
  KM_TRY(const auto seen, FindStore(call, request.custom_key_store_id()));
  if (IsConnectedOrAboutTo(*seen)) return kms::ConnectCustomKeyStoreResponse();
  KM_CHECK(CheckConnectionState(*seen, {ConnectionState::kDisconnected}));
  KM_TRY(SecretBytes password, PasswordOf(*seen, call.services(), call.deadline()));
  KM_TRY(const ConnectionTurn turn, TakeConnectionTurn(call.services(), call.deadline()));
  domain::CustomKeyStore store;
  const Result<void> written = call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(store, TakeForConnection(changes, *seen, call));
    store.connection_state = ConnectionState::kConnecting;
    return changes.Put(store);
  });
  // Also when only its record could not be delivered: the row says that it is being connected.
  if (call.committed()) BeginConnection(store, std::move(password), call.services());
  KM_CHECK(written);
  return kms::ConnectCustomKeyStoreResponse();
}

}  // namespace kmaas::operations
