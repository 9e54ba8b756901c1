// What was found out about a token, kept under its whole text.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>

namespace kmaas::identity {

// Thread-safe. T has a member `token`, the text. Bounded in entries and in bytes of text; who keeps
// what strangers can send fills it for them.
template <class T>
class TokenCache {
 public:
  TokenCache(std::size_t entries_max, std::size_t bytes_max)
      : entries_max_(entries_max / kShards), bytes_max_(bytes_max / kShards) {}

  // Null when it is not there.
  std::shared_ptr<const T> Find(std::string_view token) {
    Shard& shard = ShardOf(token);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.by_token.find(token);
    return found == shard.by_token.end() ? nullptr : found->second;
  }

  // What another thread kept first stays: two calls with one token see one object.
  std::shared_ptr<const T> Keep(std::shared_ptr<const T> entry) {
    Shard& shard = ShardOf(entry->token);
    const std::lock_guard lock(shard.mutex);
    while (!shard.by_token.empty() &&
           (shard.by_token.size() >= entries_max_ || shard.bytes >= bytes_max_))
      Erase(shard, shard.by_token.begin());
    const auto [at, added] = shard.by_token.emplace(entry->token, entry);
    if (added) shard.bytes += entry->token.size();
    return at->second;
  }

  void Drop(std::string_view token) {
    Shard& shard = ShardOf(token);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.by_token.find(token);
    if (found != shard.by_token.end()) Erase(shard, found);
  }

 private:
  static constexpr std::size_t kShards = 16;
  using Entries = std::unordered_map<std::string_view, std::shared_ptr<const T>>;  // views token
  struct Shard {
    std::mutex mutex;
    std::size_t bytes = 0;
    Entries by_token;
  };

  Shard& ShardOf(std::string_view token) {
    return shards_[std::hash<std::string_view>{}(token) % kShards];
  }
  static void Erase(Shard& shard, typename Entries::iterator at) {
    shard.bytes -= at->second->token.size();
    const std::shared_ptr<const T> alive = at->second;  // the index key views it
    shard.by_token.erase(at);
  }

  const std::size_t entries_max_;
  const std::size_t bytes_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace kmaas::identity
