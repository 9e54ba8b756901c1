// Where a store stands as a whole, and who keeps it from being set back unnoticed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/result.h"

namespace kmaas::ports {

// One state of all rows. The epoch grows by one with each commit; two states with the same epoch
// and different digests are a fork. The digest is a MAC under a key of the service: it says nothing
// about the rows to whoever lacks that key.
struct StoreHead {
  std::uint64_t epoch = 0;
  std::uint64_t rows = 0;
  std::array<std::uint8_t, 32> digest{};

  bool operator==(const StoreHead&) const = default;
};

// The newest head that the token remembers. Thread-safe.
class TokenAnchor {
 public:
  virtual ~TokenAnchor() = default;
  // The highest that the token holds and that verifies; none when it never had one. Fails with
  // kKmsInternal when there is one that does not verify and none that does.
  virtual Result<std::optional<StoreHead>> ReadAnchor(Deadline deadline) = 0;
  // Remembers `head`, then forgets lower ones. The token is not durable against power loss, so an
  // anchor behind the store is normal after a crash; one ahead of it is an alarm.
  virtual Result<void> WriteAnchor(const StoreHead& head, Deadline deadline) = 0;
};

// Told by the store's writing thread where it stands. Thread-safe.
class HeadObserver {
 public:
  virtual ~HeadObserver() = default;
  // Before a group of changes begins that narrows or widens somebody's rights. Its error refuses
  // the group: nothing of it is applied.
  virtual Result<void> MayChangeRights() = 0;
  // After each commit and before its changes are acknowledged. `rights_changed`: the group changed
  // rows that decide who may do what. Does not block.
  virtual void Committed(const StoreHead& head, bool rights_changed) = 0;
  // Returns when `epoch` or a later one is anchored, or at the deadline: the changes stand anyway.
  virtual void AwaitAnchored(std::uint64_t epoch, Deadline deadline) = 0;
};

}  // namespace kmaas::ports
