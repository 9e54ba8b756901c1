#include "records/noted_key_uses.h"

#include <algorithm>

namespace kmaas::records {

// Calls end in another order than that of their records: the newest stays.
void NotedKeyUses::Note(const domain::KeyUse& use) {
  Shard& shard = ShardOf(use.key_id);
  const std::lock_guard lock(shard.mutex);
  const auto [noted, is_new] = shard.unwritten.try_emplace({use.key_id, use.region}, use);
  if (!is_new && noted->second.time <= use.time) noted->second = use;
}

Result<std::optional<domain::KeyUse>> NotedKeyUses::LastUse(const std::string& region,
                                                            const domain::KeyId& key_id) {
  {
    Shard& shard = ShardOf(key_id);
    const std::lock_guard lock(shard.mutex);
    const auto noted = shard.unwritten.find({key_id, region});
    if (noted != shard.unwritten.end()) return std::optional(noted->second);
  }
  KM_TRY(const auto stored, catalog_.Find<domain::KeyUse>(KeyRow(region, key_id)));
  if (stored == nullptr) return std::optional<domain::KeyUse>();
  return std::optional(*stored);
}

std::vector<domain::KeyUse> NotedKeyUses::Unwritten() {
  std::vector<domain::KeyUse> all;
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& [name, use] : shard.unwritten) all.push_back(use);
  }
  return all;
}

Result<void> NotedKeyUses::Flush(Deadline deadline) {
  const std::vector<domain::KeyUse> uses = Unwritten();
  for (std::size_t from = 0; from < uses.size(); from += kRowsPerWrite) {
    const std::size_t size = std::min(kRowsPerWrite, uses.size() - from);
    const auto group = std::span(uses).subspan(from, size);
    KM_CHECK(Write(group, deadline));
    Forget(group);
  }
  return {};
}

// A use that was noted before the key was deleted makes no row anew.
Result<void> NotedKeyUses::Write(std::span<const domain::KeyUse> uses, Deadline deadline) {
  return catalog_.Write(
      [&](Changes& changes) -> Result<void> {
        for (const domain::KeyUse& use : uses) {
          KM_TRY(const auto key, changes.Get<domain::Key>(KeyRow(use.region, use.key_id)));
          if (key) KM_CHECK(changes.Put(use));
        }
        return {};
      },
      deadline);
}

void NotedKeyUses::Forget(std::span<const domain::KeyUse> uses) {
  for (const domain::KeyUse& written : uses) {
    Shard& shard = ShardOf(written.key_id);
    const std::lock_guard lock(shard.mutex);
    const auto noted = shard.unwritten.find({written.key_id, written.region});
    if (noted != shard.unwritten.end() && noted->second.event_id == written.event_id)
      shard.unwritten.erase(noted);
  }
}

}  // namespace kmaas::records
