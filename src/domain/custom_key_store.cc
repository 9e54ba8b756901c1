#include "domain/custom_key_store.h"

#include <algorithm>

namespace kmaas::domain {

std::string_view ToText(CustomKeyStoreType type) {
  switch (type) {
    case CustomKeyStoreType::kAwsCloudHsm:
      return "AWS_CLOUDHSM";
  }
  return "";
}

std::string_view ToText(ConnectionState state) {
  switch (state) {
    case ConnectionState::kConnected:
      return "CONNECTED";
    case ConnectionState::kConnecting:
      return "CONNECTING";
    case ConnectionState::kFailed:
      return "FAILED";
    case ConnectionState::kDisconnected:
      return "DISCONNECTED";
  }
  return "";
}

std::string_view ToText(ConnectionErrorCode code) {
  switch (code) {
    case ConnectionErrorCode::kInvalidCredentials:
      return "INVALID_CREDENTIALS";
    case ConnectionErrorCode::kClusterNotFound:
      return "CLUSTER_NOT_FOUND";
    case ConnectionErrorCode::kInternalError:
      return "INTERNAL_ERROR";
    case ConnectionErrorCode::kUserLockedOut:
      return "USER_LOCKED_OUT";
    case ConnectionErrorCode::kUserNotFound:
      return "USER_NOT_FOUND";
    case ConnectionErrorCode::kUserLoggedIn:
      return "USER_LOGGED_IN";
  }
  return "";
}

bool IsCustomKeyStoreId(std::string_view text) {
  constexpr std::string_view kPrefix = "cks-";
  constexpr std::size_t kDigits = 17;
  return text.starts_with(kPrefix) && text.size() == kPrefix.size() + kDigits &&
         std::all_of(text.begin() + kPrefix.size(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace kmaas::domain
