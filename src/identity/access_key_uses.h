// Remembers when access keys are used and writes it down now and then.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "ports/credential_uses.h"
#include "records/catalog.h"

namespace kmaas::identity {

// Thread-safe; borrows the catalog. Long-term access keys only: temporary ones are not in the
// store.
class AccessKeyUses final : public ports::CredentialUses {
 public:
  AccessKeyUses(records::Catalog& catalog, std::string region)
      : catalog_(catalog), region_(std::move(region)) {}

  void Note(std::string_view access_key_id, std::string_view service, WallTime now) override;
  // Writes what was noted since the last time, in one transaction. What could not be written is
  // tried again by the next call.
  Result<void> Flush(Deadline deadline);

 private:
  struct Use {
    WallTime at{};
    std::string service;
    bool written = false;
  };
  struct Shard {
    std::mutex mutex;
    std::map<std::string, Use, std::less<>> uses;
  };
  static constexpr std::size_t kShards = 16;

  std::vector<records::AccessKeyUse> Unwritten();
  void MarkWritten(const std::vector<records::AccessKeyUse>& uses);
  void Forget(const std::vector<std::string>& ids);  // of keys that are deleted
  Shard& ShardOf(std::string_view id) {
    return shards_[std::hash<std::string_view>{}(id) % kShards];
  }

  records::Catalog& catalog_;
  const std::string region_;
  std::array<Shard, kShards> shards_;
};

}  // namespace kmaas::identity
