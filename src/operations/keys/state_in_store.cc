#include "operations/keys/state_in_store.h"

#include <string>

namespace kmaas::operations {
namespace {

Result<std::optional<domain::CustomKeyStore>> StoreOf(const domain::Key& key,
                                                      records::Changes& changes) {
  return changes.Get<domain::CustomKeyStore>(
      records::CustomKeyStoreRow(key.account, key.region, key.custom_key_store_id));
}

bool IsConnected(const domain::CustomKeyStore& store) {
  return store.connection_state == domain::ConnectionState::kConnected;
}

}  // namespace

Result<void> SetState(domain::Key& key, domain::KeyState state, records::Changes& changes) {
  key.state = state;
  key.state_afterwards.reset();
  if (key.custom_key_store_id.empty()) return {};
  KM_TRY(const auto store, StoreOf(key, changes));
  if (store && IsConnected(*store)) return {};
  key.state = domain::KeyState::kUnavailable;
  key.state_afterwards = state;
  return {};
}

Result<void> CheckStoreIsConnected(const domain::Key& key, records::Changes& changes) {
  KM_TRY(const auto store, StoreOf(key, changes));
  if (!store) return Error{ErrorCode::kCustomKeyStoreNotFound, ""};
  if (!IsConnected(*store)) return Error{ErrorCode::kCustomKeyStoreInvalidState, ""};
  return {};
}

Result<void> CheckStoreHasRoom(const domain::Key& key, records::Changes& changes) {
  KM_TRY(const records::Page keys,
         changes.List<records::StoreKey>(records::StoreKeysPrefix(key.custom_key_store_id), "",
                                         kKeysPerStoreMax));
  if (keys.rows.size() < kKeysPerStoreMax) return {};
  return Error{ErrorCode::kLimitExceeded, "The limit of " + std::to_string(kKeysPerStoreMax) +
                                              " KMS keys in a custom key store has been reached."};
}

Error OfStore(Error error) {
  if (error.code == ErrorCode::kKmsInvalidState)
    error.code = ErrorCode::kCustomKeyStoreInvalidState;
  if (error.code == ErrorCode::kKeyUnavailable) error.code = ErrorCode::kDependencyTimeout;
  return error;
}

}  // namespace kmaas::operations
