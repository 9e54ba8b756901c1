#include "identity/session_credentials.h"

#include <array>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace kmaas::identity {
namespace {

constexpr std::size_t kShards = 16;
// Each holds a page-locked secret.
constexpr std::size_t kOpenedPerShardMax = 256;
constexpr std::size_t kBytesPerShardMax = std::size_t{1} << 20U;

Error Expired() {
  return {ErrorCode::kExpiredToken, "The security token included in the request is expired"};
}

}  // namespace

struct SessionCredentials::Opened {
  std::string token;
  std::string parent_access_key_id;
  std::shared_ptr<const ports::AccessKey> key;
};

struct SessionCredentials::Cache {
  struct Shard {
    std::mutex mutex;
    std::size_t bytes = 0;
    std::unordered_map<std::string_view, std::shared_ptr<const Opened>> by_token;  // views token
  };
  std::array<Shard, kShards> shards;

  Shard& ShardOf(std::string_view token) {
    return shards[std::hash<std::string_view>{}(token) % kShards];
  }
  std::shared_ptr<const Opened> Find(std::string_view token) {
    Shard& shard = ShardOf(token);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.by_token.find(token);
    return found == shard.by_token.end() ? nullptr : found->second;
  }
  // What another thread kept first stays: two calls with one token see one object.
  std::shared_ptr<const Opened> Keep(std::shared_ptr<const Opened> opened) {
    Shard& shard = ShardOf(opened->token);
    const std::lock_guard lock(shard.mutex);
    while (!shard.by_token.empty() &&
           (shard.by_token.size() >= kOpenedPerShardMax || shard.bytes >= kBytesPerShardMax)) {
      shard.bytes -= shard.by_token.begin()->second->token.size();
      shard.by_token.erase(shard.by_token.begin());
    }
    const auto [at, added] = shard.by_token.emplace(opened->token, opened);
    if (added) shard.bytes += opened->token.size();
    return at->second;
  }
  void Drop(std::string_view token) {
    Shard& shard = ShardOf(token);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.by_token.find(token);
    if (found == shard.by_token.end()) return;
    shard.bytes -= found->second->token.size();
    shard.by_token.erase(found);
  }
};

SessionCredentials::SessionCredentials(records::Catalog& catalog, const SessionTokens& tokens,
                                       const Clock& clock)
    : catalog_(catalog), tokens_(tokens), clock_(clock), cache_(std::make_unique<Cache>()) {}

SessionCredentials::~SessionCredentials() = default;

Result<std::shared_ptr<const ports::AccessKey>> SessionCredentials::Find(
    std::string_view access_key_id, std::string_view token) {
  using Found = std::shared_ptr<const ports::AccessKey>;
  const std::shared_ptr<const Opened> opened = Open(access_key_id, token);
  if (opened == nullptr) return Found();
  if (clock_.Now() >= opened->key->principal.session->expires) {
    cache_->Drop(opened->token);
    return Expired();
  }
  KM_TRY(const bool stands, Stands(*opened));
  return stands ? opened->key : Found();
}

std::shared_ptr<const SessionCredentials::Opened> SessionCredentials::Open(
    std::string_view access_key_id, std::string_view token) {
  if (auto cached = cache_->Find(token)) {
    return cached->key->id == access_key_id ? cached : nullptr;
  }
  std::optional<OpenedSession> fresh = tokens_.Open(access_key_id, token);
  if (!fresh) return nullptr;
  auto key = std::make_shared<const ports::AccessKey>(ports::AccessKey{
      std::string(access_key_id), std::move(fresh->secret), std::move(fresh->principal)});
  return cache_->Keep(std::make_shared<const Opened>(
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
