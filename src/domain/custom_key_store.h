// A custom key store: a second token, whose keys never leave it. Names are AWS's
// (CustomKeyStoresListEntry).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "domain/enumeration.h"

namespace kmaas::domain {

enum class CustomKeyStoreType { kAwsCloudHsm };
enum class ConnectionState { kConnected, kConnecting, kFailed, kDisconnected };
// Those that a store gets here.
enum class ConnectionErrorCode {
  kInvalidCredentials,
  kClusterNotFound,
  kInternalError,
  kUserLockedOut,
  kUserNotFound,
  kUserLoggedIn,
};

std::string_view ToText(CustomKeyStoreType type);
std::string_view ToText(ConnectionState state);
std::string_view ToText(ConnectionErrorCode code);

template <>
inline constexpr auto kCount<CustomKeyStoreType> = CountTo(CustomKeyStoreType::kAwsCloudHsm);
template <>
inline constexpr auto kCount<ConnectionState> = CountTo(ConnectionState::kDisconnected);
template <>
inline constexpr auto kCount<ConnectionErrorCode> = CountTo(ConnectionErrorCode::kUserLoggedIn);

struct CustomKeyStore {
  std::string id;  // "cks-" and 17 hex digits
  std::string account;
  std::string region;
  std::string name;  // unique within account and Region
  CustomKeyStoreType type = CustomKeyStoreType::kAwsCloudHsm;
  std::string cloud_hsm_cluster_id;
  std::string trust_anchor_certificate;
  std::string token_label;   // of the token that the cluster id stands for
  std::string token_serial;  // found when it is first connected
  Bytes sealed_password;  // the token's PIN, sealed under a key that the HSM derives for this row
  ConnectionState connection_state = ConnectionState::kDisconnected;
  std::optional<ConnectionErrorCode> connection_error_code = {};  // set exactly in kFailed
  WallTime created{};
};

bool IsCustomKeyStoreId(std::string_view text);

}  // namespace kmaas::domain
