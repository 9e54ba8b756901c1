#include "identity/sigv4_key_cache.h"

#include <mutex>

#include "base/secret_bytes.h"
#include "identity/sigv4_canonical.h"

namespace kmaas::identity {
namespace {

// Compares the owners, not the addresses: a new object may live where an old one did.
bool SameObject(const std::weak_ptr<const ports::AccessKey>& left,
                const std::shared_ptr<const ports::AccessKey>& right) {
  return !left.owner_before(right) && !right.owner_before(left);
}

std::shared_ptr<const crypto::HmacSha256Key> Derive(const ports::AccessKey& credential,
                                                    const CredentialScope& scope) {
  crypto::Sha256Digest derived = DeriveSigningKey(credential.secret.view(), scope);
  auto key = std::make_shared<const crypto::HmacSha256Key>(derived);
  WipeMemory(derived);
  return key;
}

}  // namespace

std::shared_ptr<const crypto::HmacSha256Key> SigningKeyCache::KeyFor(
    const std::shared_ptr<const ports::AccessKey>& credential, const CredentialScope& scope) {
  static thread_local std::string name;
  name.assign(credential->id).append("/").append(scope.whole);
  Shard& shard = shards_[Hash()(name) % kShards];
  {
    const std::shared_lock lock(shard.mutex);
    const auto found = shard.entries.find(std::string_view(name));
    if (found != shard.entries.end() && SameObject(found->second.source, credential)) {
      return found->second.key;
    }
  }
  auto key = Derive(*credential, scope);
  const std::unique_lock lock(shard.mutex);
  if (shard.entries.size() >= shard_entries_max_) Evict(shard, scope.day);
  shard.entries.insert_or_assign(name, Entry{credential, key, std::string(scope.day)});
  return key;
}

std::size_t SigningKeyCache::size() const {
  std::size_t total = 0;
  for (const Shard& shard : shards_) {
    const std::shared_lock lock(shard.mutex);
    total += shard.entries.size();
  }
  return total;
}

void SigningKeyCache::Evict(Shard& shard, std::string_view day) const {
  std::erase_if(shard.entries, [&](const auto& item) { return item.second.day != day; });
  while (!shard.entries.empty() && shard.entries.size() >= shard_entries_max_) {
    shard.entries.erase(shard.entries.begin());
  }
}

}  // namespace kmaas::identity
