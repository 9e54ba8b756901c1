// The signing keys of the day, derived once per credential scope.
#pragma once

#include <array>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "crypto/digest.h"
#include "identity/sigv4_claim.h"
#include "ports/credential_source.h"

namespace kmaas::identity {

// Thread-safe. An entry is bound to the very credential object that it was derived from: another
// object with the same id (a rotated secret, a reactivated key) makes it worthless. It does not
// keep that object, and so its secret, alive.
class SigningKeyCache {
 public:
  explicit SigningKeyCache(std::size_t entries_max) : shard_entries_max_(entries_max / kShards) {}

  // Derives and keeps what is not there. Only the scope's day, region, service and terminator
  // count; the caller has checked them, or strangers fill the cache.
  std::shared_ptr<const crypto::HmacSha256Key> KeyFor(
      const std::shared_ptr<const ports::AccessKey>& credential, const CredentialScope& scope);
  std::size_t size() const;

 private:
  static constexpr std::size_t kShards = 16;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  struct Entry {
    std::weak_ptr<const ports::AccessKey> source;
    std::shared_ptr<const crypto::HmacSha256Key> key;
    std::string day;
  };
  struct Shard {
    mutable std::shared_mutex mutex;
    std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries;
  };
  // Makes room: other days first, then anything.
  void Evict(Shard& shard, std::string_view day) const;

  std::size_t shard_entries_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace kmaas::identity
