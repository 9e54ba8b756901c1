// What the operations on custom key stores have in common: how a store is found, what its state
// admits, and whether a cluster id, a name and a certificate may be its own.
#pragma once

#include <initializer_list>
#include <memory>
#include <string_view>

#include "core/call.h"
#include "domain/custom_key_store.h"
#include "ports/key_store_engines.h"

namespace kmaas::operations {

// Custom key stores in an account and Region. Source: AWS KMS, "Resource quotas".
inline constexpr std::size_t kCustomKeyStoresMax = 10;

// A store of the caller's account in this Region. kCustomKeyStoreNotFound when there is none.
Result<std::shared_ptr<const domain::CustomKeyStore>> FindStore(const core::AccountCall& call,
                                                                std::string_view id);
// The same in a transaction.
Result<domain::CustomKeyStore> TakeStore(records::Changes& changes, const core::AccountCall& call,
                                         std::string_view id);

// kCustomKeyStoreInvalidState unless the store is in one of `states`.
Result<void> CheckConnectionState(const domain::CustomKeyStore& store,
                                  std::initializer_list<domain::ConnectionState> states);

// kCustomKeyStoreNameInUse when another store of its account and Region has the name.
Result<void> CheckNameIsFree(records::Changes& changes, const domain::CustomKeyStore& store);
// kCloudHsmClusterInUse when another store of its account has the cluster, in whatever Region.
Result<void> CheckClusterIsFree(records::Changes& changes, const domain::CustomKeyStore& store);

// kValidation when the request has a member that only external key stores have.
template <class Request>
Result<void> CheckNoXksMember(const Request& request) {
  if (!request.has_xks_proxy_uri_endpoint() && !request.has_xks_proxy_uri_path() &&
      !request.has_xks_proxy_vpc_endpoint_service_name() &&
      !request.has_xks_proxy_vpc_endpoint_service_owner() &&
      !request.has_xks_proxy_authentication_credential() && !request.has_xks_proxy_connectivity())
    return {};
  return Error{ErrorCode::kValidation,
               "A custom key store of the type AWS_CLOUDHSM has no external key store proxy."};
}

// The token of the caller's account that the operator has named by this cluster id.
// kCloudHsmClusterNotFound when there is none.
Result<ports::KeyStoreToken> TokenOf(const core::AccountCall& call, std::string_view cluster_id);

// Whether two texts are the same PEM certificate, whatever its line ends. False for what is none.
bool IsSameCertificate(std::string_view one, std::string_view other);

}  // namespace kmaas::operations
