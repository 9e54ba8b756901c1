#include "identity/stored_credentials.h"

#include <array>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "base/limits.h"
#include "identity/named_principals.h"

namespace kmaas::identity {
namespace {

constexpr std::size_t kShards = 16;
// Each holds a page-locked secret; a deployment has far fewer access keys in use.
constexpr std::size_t kUnsealedPerShardMax = 512;
// AWS bounds access key ids at 128 characters; nothing longer is looked up.
constexpr std::size_t kAccessKeyIdBytesMax = 128;

}  // namespace

struct StoredCredentials::Unsealed {
  std::shared_ptr<const records::StoredAccessKey> row;
  std::shared_ptr<const records::User> user;
  std::shared_ptr<const ports::AccessKey> key;
};

struct StoredCredentials::Cache {
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string_view, std::shared_ptr<const Unsealed>> by_id;  // views row->id
  };
  std::array<Shard, kShards> shards;

  Shard& ShardOf(std::string_view id) {
    return shards[std::hash<std::string_view>{}(id) % kShards];
  }
  std::shared_ptr<const Unsealed> Find(std::string_view id) {
    Shard& shard = ShardOf(id);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.by_id.find(id);
    return found == shard.by_id.end() ? nullptr : found->second;
  }
  // Erased first: the index key must view the row that it leads to.
  void Keep(const std::shared_ptr<const Unsealed>& unsealed) {
    Shard& shard = ShardOf(unsealed->row->id);
    const std::lock_guard lock(shard.mutex);
    shard.by_id.erase(unsealed->row->id);
    if (shard.by_id.size() >= kUnsealedPerShardMax) shard.by_id.erase(shard.by_id.begin());
    shard.by_id.emplace(unsealed->row->id, unsealed);
  }
  void Drop(std::string_view id) {
    Shard& shard = ShardOf(id);
    const std::lock_guard lock(shard.mutex);
    shard.by_id.erase(id);
  }
};

StoredCredentials::StoredCredentials(records::Catalog& catalog, SealedSecrets& secrets,
                                     const Clock& clock, SessionCredentials* sessions)
    : catalog_(catalog),
      secrets_(secrets),
      clock_(clock),
      sessions_(sessions),
      cache_(std::make_unique<Cache>()) {}

StoredCredentials::~StoredCredentials() = default;

Result<std::shared_ptr<const ports::AccessKey>> StoredCredentials::FindAccessKey(
    std::string_view id) {
  using Found = std::shared_ptr<const ports::AccessKey>;
  if (id.empty() || id.size() > kAccessKeyIdBytesMax) return Found();
  KM_TRY(auto row, catalog_.Find<records::StoredAccessKey>(id));
  std::shared_ptr<const records::User> user;
  if (row && row->active) {
    KM_TRY(user, catalog_.Find<records::User>(records::UserRow(row->account, row->user_name)));
  }
  if (!user) {
    cache_->Drop(id);
    return Found();
  }
  const auto cached = cache_->Find(id);
  if (cached && cached->row == row && cached->user == user) return cached->key;
  KM_TRY(const auto unsealed, Unseal(std::move(row), std::move(user)));
  cache_->Keep(unsealed);
  return unsealed->key;
}

Result<std::shared_ptr<const StoredCredentials::Unsealed>> StoredCredentials::Unseal(
    std::shared_ptr<const records::StoredAccessKey> row,
    std::shared_ptr<const records::User> user) {
  const Deadline deadline = Deadline::After(clock_, limits::kCallDeadline);
  KM_TRY(SecretBytes secret, secrets_.Open(*row, deadline));
  domain::Principal principal = PrincipalOf(*user);
  principal.access_key_id = row->id;
  auto key = std::make_shared<const ports::AccessKey>(
      ports::AccessKey{row->id, std::move(secret), std::move(principal)});
  return std::make_shared<const Unsealed>(
      Unsealed{std::move(row), std::move(user), std::move(key)});
}

Result<std::shared_ptr<const ports::AccessKey>> StoredCredentials::FindSession(
    std::string_view id, std::string_view token) {
  if (sessions_ == nullptr) return std::shared_ptr<const ports::AccessKey>();
  return sessions_->Find(id, token);
}

Result<std::optional<domain::Principal>> StoredCredentials::FindPrincipal(std::string_view arn) {
  return identity::FindPrincipal(catalog_, arn);
}

}  // namespace kmaas::identity
