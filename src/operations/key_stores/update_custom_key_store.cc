// UpdateCustomKeyStore: another name; or, while it is disconnected, another password or a cluster
// with the same trust anchor.
#include "identity/sealed_secrets.h"
#include "operations/handlers.h"
#include "operations/key_stores/key_store_rules.h"

namespace kmaas::operations {
namespace {

using domain::ConnectionState;

Result<void> CheckMembers(const kms::UpdateCustomKeyStoreRequest& request) {
  KM_CHECK(CheckNoXksMember(request));
  if (!request.has_new_custom_key_store_name() && !request.has_key_store_password() &&
      !request.has_cloud_hsm_cluster_id())
    return Error{ErrorCode::kValidation, "You must specify a property to update."};
  return {};
}

Result<void> CheckState(const kms::UpdateCustomKeyStoreRequest& request,
                        const domain::CustomKeyStore& store) {
  if (request.has_key_store_password() || request.has_cloud_hsm_cluster_id())
    return CheckConnectionState(store, {ConnectionState::kDisconnected});
  return CheckConnectionState(store, {ConnectionState::kDisconnected, ConnectionState::kConnected});
}

// What the request asks for, found out before the transaction.
struct Update {
  std::optional<ports::KeyStoreToken> token;  // of another cluster
  Bytes sealed_password;                      // empty: it stays
};

Result<void> Apply(const kms::UpdateCustomKeyStoreRequest& request, const Update& update,
                   records::Changes& changes, domain::CustomKeyStore& store) {
  if (request.has_new_custom_key_store_name()) {
    store.name = request.new_custom_key_store_name();
    KM_CHECK(CheckNameIsFree(changes, store));
  }
  if (update.token) {
    // The keys of the store are to be found there: a token that was made from the same backup.
    if (!IsSameCertificate(update.token->trust_anchor, store.trust_anchor_certificate))
      return Error{ErrorCode::kCloudHsmClusterNotRelated,
                   "The cluster '" + request.cloud_hsm_cluster_id() +
                       "' has another trust anchor certificate than the custom key store."};
    store.cloud_hsm_cluster_id = request.cloud_hsm_cluster_id();
    store.token_label = update.token->label;
    store.token_serial.clear();
    KM_CHECK(CheckClusterIsFree(changes, store));
  }
  if (!update.sealed_password.empty()) store.sealed_password = update.sealed_password;
  return {};
}

}  // namespace

Result<kms::UpdateCustomKeyStoreResponse> UpdateCustomKeyStore(
    const kms::UpdateCustomKeyStoreRequest& request, AccountCall& call) {
  KM_CHECK(CheckMembers(request));
  KM_TRY(const auto seen, FindStore(call, request.custom_key_store_id()));
  KM_CHECK(CheckState(request, *seen));
  Update update;
  // The cluster that it has already is no other one.
  if (request.has_cloud_hsm_cluster_id() &&
      request.cloud_hsm_cluster_id() != seen->cloud_hsm_cluster_id) {
    KM_TRY(update.token, TokenOf(call, request.cloud_hsm_cluster_id()));
  }
  if (request.has_key_store_password()) {
    const SecretBytes password(AsBytes(request.key_store_password()));
    identity::SealedSecrets secrets(call.services().engine, call.services().random);
    KM_TRY(update.sealed_password, secrets.Seal(*seen, password, call.deadline()));
  }
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(domain::CustomKeyStore store, TakeStore(changes, call, request.custom_key_store_id()));
    KM_CHECK(CheckState(request, store));
    KM_CHECK(Apply(request, update, changes, store));
    return changes.Put(store);
  }));
  return kms::UpdateCustomKeyStoreResponse();
}

}  // namespace kmaas::operations
