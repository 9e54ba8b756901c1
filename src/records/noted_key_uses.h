// Remembers when keys are used and writes it down now and then.
#pragma once

#include <array>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ports/key_uses.h"
#include "records/catalog.h"

namespace kmaas::records {

// Thread-safe; borrows the catalog. A crash loses what was not flushed.
class NotedKeyUses final : public ports::KeyUses {
 public:
  NotedKeyUses(Catalog& catalog, WallTime tracking_since)
      : catalog_(catalog), tracking_since_(tracking_since) {}

  void Note(const domain::KeyUse& use) override;
  Result<std::optional<domain::KeyUse>> LastUse(const std::string& region,
                                                const domain::KeyId& key_id) override;
  WallTime tracking_since() const override { return tracking_since_; }

  // Writes what was noted since the last time, in transactions of at most kRowsPerWrite rows, so
  // that others can write between them. What could not be written is tried again by the next call.
  Result<void> Flush(Deadline deadline);

  static constexpr std::size_t kRowsPerWrite = 500;

 private:
  using Name = std::pair<domain::KeyId, std::string>;  // and its Region: replicas count alone
  struct Shard {
    std::mutex mutex;
    std::map<Name, domain::KeyUse> unwritten;
  };
  static constexpr std::size_t kShards = 16;

  std::vector<domain::KeyUse> Unwritten();
  Result<void> Write(std::span<const domain::KeyUse> uses, Deadline deadline);
  // Unless the key was used again meanwhile.
  void Forget(std::span<const domain::KeyUse> uses);
  Shard& ShardOf(const domain::KeyId& key_id) { return shards_[key_id.bits.front() % kShards]; }

  Catalog& catalog_;
  const WallTime tracking_since_;
  std::array<Shard, kShards> shards_;
};

}  // namespace kmaas::records
