#include "operations/key_stores/key_store_rules.h"

#include <algorithm>
#include <string>

#include "domain/cloud_hsm_cluster.h"
#include "records/every_row.h"

namespace kmaas::operations {
namespace {

constexpr std::string_view kPemBegin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kPemEnd = "-----END CERTIFICATE-----";

Error NoSuchStore(std::string_view id) {
  return {ErrorCode::kCustomKeyStoreNotFound,
          "The custom key store '" + std::string(id) + "' does not exist."};
}

std::string RowOf(const core::AccountCall& call, std::string_view id) {
  return records::CustomKeyStoreRow(call.principal().account, call.region(), id);
}

// The base64 of a certificate, without what lines are made of; empty for what is none.
std::string PemBody(std::string_view text) {
  const std::size_t begin = text.find(kPemBegin);
  const std::size_t end = text.find(kPemEnd);
  if (begin == std::string_view::npos || end == std::string_view::npos ||
      end < begin + kPemBegin.size())
    return {};
  std::string body;
  for (const char c : text.substr(begin + kPemBegin.size(), end - begin - kPemBegin.size()))
    if (std::string_view(" \t\r\n").find(c) == std::string_view::npos) body += c;
  return body;
}

}  // namespace

Result<std::shared_ptr<const domain::CustomKeyStore>> FindStore(const core::AccountCall& call,
                                                                std::string_view id) {
  if (!domain::IsCustomKeyStoreId(id)) return NoSuchStore(id);
  KM_TRY(auto store, call.services().catalog.Find<domain::CustomKeyStore>(RowOf(call, id)));
  if (store == nullptr) return NoSuchStore(id);
  return store;
}

Result<domain::CustomKeyStore> TakeStore(records::Changes& changes, const core::AccountCall& call,
                                         std::string_view id) {
  if (!domain::IsCustomKeyStoreId(id)) return NoSuchStore(id);
  KM_TRY(auto store, changes.Get<domain::CustomKeyStore>(RowOf(call, id)));
  if (!store) return NoSuchStore(id);
  return *std::move(store);
}

Result<void> CheckConnectionState(const domain::CustomKeyStore& store,
                                  std::initializer_list<domain::ConnectionState> states) {
  if (std::find(states.begin(), states.end(), store.connection_state) != states.end()) return {};
  return Error{ErrorCode::kCustomKeyStoreInvalidState,
               "The custom key store '" + store.id + "' is " +
                   std::string(ToText(store.connection_state)) +
                   ", which is not valid for this operation."};
}

Result<void> CheckNameIsFree(records::Changes& changes, const domain::CustomKeyStore& store) {
  KM_TRY(const auto stores,
         records::EveryRow<domain::CustomKeyStore>(
             changes, records::CustomKeyStoresPrefix(store.account, store.region)));
  for (const domain::CustomKeyStore& other : stores) {
    if (other.id != store.id && other.name == store.name)
      return Error{ErrorCode::kCustomKeyStoreNameInUse,
                   "A custom key store with the name '" + store.name + "' already exists."};
  }
  return {};
}

Result<void> CheckClusterIsFree(records::Changes& changes, const domain::CustomKeyStore& store) {
  KM_TRY(const auto stores, records::EveryRow<domain::CustomKeyStore>(changes, ""));
  for (const domain::CustomKeyStore& other : stores) {
    // One of another account is from before the cluster was this one's, and does not connect.
    if (other.id != store.id && other.account == store.account &&
        other.cloud_hsm_cluster_id == store.cloud_hsm_cluster_id)
      return Error{ErrorCode::kCloudHsmClusterInUse,
                   "The cluster '" + store.cloud_hsm_cluster_id +
                       "' already belongs to a custom key store."};
  }
  return {};
}

Result<ports::KeyStoreToken> TokenOf(const core::AccountCall& call, std::string_view cluster_id) {
  if (!domain::IsCloudHsmClusterId(cluster_id)) {
    return Error{ErrorCode::kValidation,
                 "1 validation error detected: Value '" + std::string(cluster_id) +
                     "' at 'cloudHsmClusterId' failed to satisfy constraint: Member must satisfy "
                     "regular expression pattern: " +
                     std::string(domain::kCloudHsmClusterIdPattern)};
  }
  std::optional<ports::KeyStoreToken> token;
  if (ports::KeyStoreEngines* key_stores = call.services().key_stores; key_stores != nullptr)
    token = key_stores->FindCluster(call.principal().account, cluster_id);
  if (token) return *std::move(token);
  return Error{ErrorCode::kCloudHsmClusterNotFound,
               "The cluster '" + std::string(cluster_id) + "' does not exist."};
}

bool IsSameCertificate(std::string_view one, std::string_view other) {
  const std::string body = PemBody(one);
  return !body.empty() && body == PemBody(other);
}

}  // namespace kmaas::operations
