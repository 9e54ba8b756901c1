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
class AccessKeyUses {
 public:
  explicit AccessKeyUses(records::Catalog& catalog) : catalog_(catalog) {}

  // Cheap: it is in the path of every call.
  void Note(std::string_view access_key_id, std::string_view service, std::string_view region,
            WallTime now);
  // Writes what was noted since the last time, in one transaction. What could not be written is
  // tried again by the next call.
  Result<void> Flush(Deadline deadline);

 private:
  struct Use {
    WallTime at{};
    std::string service;
    std::string region;
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
  std::array<Shard, kShards> shards_;
};

// What is noted of the calls of one Region. Thread-safe; borrows `uses`.
class AccessKeyUsesInRegion final : public ports::CredentialUses {
 public:
  AccessKeyUsesInRegion(AccessKeyUses& uses, std::string region)
      : uses_(uses), region_(std::move(region)) {}
  void Note(std::string_view access_key_id, std::string_view service, WallTime now) override {
    uses_.Note(access_key_id, service, region_, now);
  }

 private:
  AccessKeyUses& uses_;
  const std::string region_;
};

}  // namespace kmaas::identity
