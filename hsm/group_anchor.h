// The store's head as the tokens of a group remember it: each of them, and the highest counts.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ports/store_head.h"

namespace kmaas::hsm {

// One that remembers. Several may be ways to one token, of which one is used at a time.
struct AnchorHolder {
  std::string name;   // of the member
  std::string token;  // equal for ways to the same one
  std::function<bool()> is_up;
  std::function<ports::TokenAnchor*()> anchor;        // not null while it is up, or joins
  std::function<void(const Error& failure)> put_out;  // it is not up any more
};

struct GroupAnchorCounters {
  std::uint64_t caught_up = 0;  // members whose token was behind when they came
  std::uint64_t alarms = 0;     // tokens that knew a later head, or another one of the same epoch
};

// Thread-safe. A head is anchored when every token that is up remembers it: a token that does not
// take it is put out, and brought up to date before it is up again. One that is behind is normal;
// one that is ahead says that this store is not the newest: its member does not come in, and from
// then on no head is anchored, so that rights are not changed any more.
class GroupAnchor final : public ports::TokenAnchor {
 public:
  explicit GroupAnchor(std::vector<AnchorHolder> holders) : holders_(std::move(holders)) {}

  // Of those that are up, the highest. kKmsInternal when one does not verify and there is no other.
  Result<std::optional<ports::StoreHead>> ReadAnchor(Deadline deadline) override;
  // kConflict as long as a token has been seen that is ahead.
  Result<void> WriteAnchor(const ports::StoreHead& head, Deadline deadline) override;

  // Before a member is up: writes what it has missed, then calls `count`, while no head is written.
  // kConflict when its token is ahead.
  Result<void> Join(std::size_t holder, Deadline deadline, const std::function<void()>& count);

  GroupAnchorCounters counters() const;

 private:
  // One for each token.
  std::vector<AnchorHolder*> Up();
  Result<void> CatchUp(AnchorHolder& holder, Deadline deadline);
  Error Alarm(const AnchorHolder& holder, const std::string& detail);

  mutable std::mutex mutex_;  // guards what follows
  std::vector<AnchorHolder> holders_;
  std::optional<ports::StoreHead> newest_;  // of those to be written
  std::optional<Error> alarm_;
  GroupAnchorCounters counters_;
};

}  // namespace kmaas::hsm
