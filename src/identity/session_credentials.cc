#include "identity/session_credentials.h"

#include <string>
#include <utility>

namespace kmaas::identity {
namespace {

// Each holds a page-locked secret.
constexpr std::size_t kOpenedMax = 4096;
constexpr std::size_t kOpenedBytesMax = std::size_t{16} << 20U;

Error Expired() {
  return {ErrorCode::kExpiredToken, "The security token included in the request is expired"};
}

}  // namespace

struct SessionCredentials::Opened {
  std::string token;
  std::string parent_access_key_id;
  std::shared_ptr<const ports::AccessKey> key;
};

SessionCredentials::SessionCredentials(records::Catalog& catalog, const SessionTokens& tokens,
                                       const Clock& clock)
    : catalog_(catalog), tokens_(tokens), clock_(clock), cache_(kOpenedMax, kOpenedBytesMax) {}

SessionCredentials::~SessionCredentials() = default;

Result<std::shared_ptr<const ports::AccessKey>> SessionCredentials::Find(
    std::string_view access_key_id, std::string_view token) {
  using Found = std::shared_ptr<const ports::AccessKey>;
  const std::shared_ptr<const Opened> opened = Open(access_key_id, token);
  if (opened == nullptr) return Found();
  if (clock_.Now() >= opened->key->principal.session->expires) {
    cache_.Drop(opened->token);
    return Expired();
  }
  KM_TRY(const bool stands, Stands(*opened));
  return stands ? opened->key : Found();
}

std::shared_ptr<const SessionCredentials::Opened> SessionCredentials::Open(
    std::string_view access_key_id, std::string_view token) {
  if (auto cached = cache_.Find(token)) {
    return cached->key->id == access_key_id ? cached : nullptr;
  }
  std::optional<OpenedSession> fresh = tokens_.Open(access_key_id, token);
  if (!fresh) return nullptr;
  auto key = std::make_shared<const ports::AccessKey>(ports::AccessKey{
      std::string(access_key_id), std::move(fresh->secret), std::move(fresh->principal)});
  return cache_.Keep(std::make_shared<const Opened>(
      Opened{std::string(token), std::move(fresh->parent_access_key_id), std::move(key)}));
}

// A role or user that was made anew under the old name is another one.
Result<bool> SessionCredentials::Stands(const Opened& opened) {
  const domain::Principal& who = opened.key->principal;
  if (who.type == domain::PrincipalType::kAssumedRole) {
    KM_TRY(const auto role,
           catalog_.Find<records::Role>(records::RoleRow(who.account, who.session->role_name)));
    return role != nullptr && role->role_id == who.session->role_id;
  }
  KM_TRY(const auto user,
         catalog_.Find<records::User>(records::UserRow(who.account, who.user_name)));
  if (user == nullptr || user->user_id != who.user_id || user->arn() != who.arn) return false;
  KM_TRY(const auto parent, catalog_.Find<records::StoredAccessKey>(opened.parent_access_key_id));
  return parent != nullptr && parent->active && parent->account == who.account &&
         parent->user_name == user->name;
}

}  // namespace kmaas::identity
