// A bounded cache of decoded rows that never returns what a finished write has replaced.
#pragma once

#include <array>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace kmaas::records {

// Thread-safe. A reader that misses takes Ticket() before it reads the store and hands it to
// Insert(): a write that invalidated the row in between makes the insert a no-op, so a stale row
// cannot enter after its replacement.
template <class T>
class RowCache {
 public:
  explicit RowCache(std::size_t rows_max) : rows_per_shard_max_(rows_max / kShards + 1) {}

  std::shared_ptr<const T> Find(std::string_view row_key) {
    Shard& shard = ShardOf(row_key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.index.find(row_key);
    if (found == shard.index.end()) return nullptr;
    shard.rows.splice(shard.rows.begin(), shard.rows, found->second);
    return found->second->value;
  }

  std::uint64_t Ticket(std::string_view row_key) {
    Shard& shard = ShardOf(row_key);
    const std::lock_guard lock(shard.mutex);
    return shard.epoch;
  }

  void Insert(std::string_view row_key, std::shared_ptr<const T> value, std::uint64_t ticket) {
    Shard& shard = ShardOf(row_key);
    const std::lock_guard lock(shard.mutex);
    if (shard.epoch != ticket || shard.index.contains(row_key)) return;
    shard.rows.push_front({std::string(row_key), std::move(value)});
    shard.index.emplace(shard.rows.front().row_key, shard.rows.begin());
    if (shard.rows.size() > rows_per_shard_max_) {
      shard.index.erase(shard.rows.back().row_key);
      shard.rows.pop_back();
    }
  }

  void Invalidate(std::string_view row_key) {
    Shard& shard = ShardOf(row_key);
    const std::lock_guard lock(shard.mutex);
    ++shard.epoch;
    const auto found = shard.index.find(row_key);
    if (found == shard.index.end()) return;
    const auto row = found->second;
    shard.index.erase(found);
    shard.rows.erase(row);
  }

 private:
  struct Entry {
    std::string row_key;
    std::shared_ptr<const T> value;
  };
  // The index keys are views into the list's strings, which do not move.
  struct Shard {
    std::mutex mutex;
    std::uint64_t epoch = 0;
    std::list<Entry> rows;  // most recently used first
    std::unordered_map<std::string_view, typename std::list<Entry>::iterator> index;
  };
  static constexpr std::size_t kShards = 16;

  Shard& ShardOf(std::string_view row_key) {
    return shards_[std::hash<std::string_view>{}(row_key) % kShards];
  }

  std::size_t rows_per_shard_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace kmaas::records
