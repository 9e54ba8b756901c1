#include "identity/access_key_uses.h"

#include "domain/iam_names.h"

namespace kmaas::identity {

void AccessKeyUses::Note(std::string_view access_key_id, std::string_view service,
                         std::string_view region, WallTime now) {
  if (!access_key_id.starts_with(domain::kAccessKeyIdPrefix)) return;
  Shard& shard = ShardOf(access_key_id);
  const std::lock_guard lock(shard.mutex);
  auto found = shard.uses.find(access_key_id);
  if (found == shard.uses.end())
    found = shard.uses.emplace(std::string(access_key_id), Use{}).first;
  Use& use = found->second;
  // IAM says when to the minute; a use within the same one changes nothing.
  using std::chrono::minutes;
  if (use.service == service && use.region == region &&
      std::chrono::floor<minutes>(use.at) == std::chrono::floor<minutes>(now))
    return;
  use = {now, std::string(service), std::string(region), false};
}

std::vector<records::AccessKeyUse> AccessKeyUses::Unwritten() {
  std::vector<records::AccessKeyUse> unwritten;
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& [id, use] : shard.uses) {
      if (!use.written) unwritten.push_back({id, use.at, use.service, use.region});
    }
  }
  return unwritten;
}

void AccessKeyUses::MarkWritten(const std::vector<records::AccessKeyUse>& uses) {
  for (const records::AccessKeyUse& written : uses) {
    Shard& shard = ShardOf(written.id);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.uses.find(written.id);
    if (found != shard.uses.end() && found->second.at == written.used) found->second.written = true;
  }
}

Result<void> AccessKeyUses::Flush(Deadline deadline) {
  const std::vector<records::AccessKeyUse> uses = Unwritten();
  if (uses.empty()) return {};
  std::vector<std::string> deleted;
  KM_CHECK(catalog_.Write(
      [&](records::Changes& changes) -> Result<void> {
        deleted.clear();
        for (const records::AccessKeyUse& use : uses) {
          KM_TRY(const auto key, changes.Get<records::StoredAccessKey>(use.id));
          if (key) {
            KM_CHECK(changes.Put(use));
          } else {
            deleted.push_back(use.id);
          }
        }
        return {};
      },
      deadline));
  MarkWritten(uses);
  Forget(deleted);
  return {};
}

void AccessKeyUses::Forget(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    Shard& shard = ShardOf(id);
    const std::lock_guard lock(shard.mutex);
    shard.uses.erase(id);
  }
}

}  // namespace kmaas::identity
