// DeleteCustomKeyStore: forgets a store that is disconnected and has no keys. Its token stays as it
// is.
#include "operations/handlers.h"
#include "operations/key_stores/key_store_rules.h"

namespace kmaas::operations {
namespace {

// A key counts until its waiting period has ended.
Result<void> CheckHasNoKeys(records::Changes& changes, const domain::CustomKeyStore& store) {
  KM_TRY(const records::Page page,
         changes.List<records::StoreKey>(records::StoreKeysPrefix(store.id), "", 1));
  if (page.rows.empty()) return {};
  return Error{ErrorCode::kCustomKeyStoreHasCmks,
               "The custom key store '" + store.id + "' contains KMS keys."};
}

}  // namespace

Result<kms::DeleteCustomKeyStoreResponse> DeleteCustomKeyStore(
    const kms::DeleteCustomKeyStoreRequest& request, AccountCall& call) {
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(const domain::CustomKeyStore store,
           TakeStore(changes, call, request.custom_key_store_id()));
    KM_CHECK(CheckConnectionState(store, {domain::ConnectionState::kDisconnected}));
    KM_CHECK(CheckHasNoKeys(changes, store));
    return changes.Delete<domain::CustomKeyStore>(
        records::Table<domain::CustomKeyStore>::RowKey(store));
  }));
  return kms::DeleteCustomKeyStoreResponse();
}

}  // namespace kmaas::operations
