// Reading, writing and catching up over several tokens.
#include "hsm/group_anchor.h"

#include <algorithm>

#include "base/log.h"

namespace kmaas::hsm {
namespace {

using Head = std::optional<ports::StoreHead>;

Error NobodyUp() {
  return {ErrorCode::kDependencyTimeout, "The HSM is not available.", "no token of the group"};
}

bool IsAhead(const ports::StoreHead& remembered, const ports::StoreHead& newest) {
  if (remembered.epoch == newest.epoch) return remembered != newest;
  return remembered.epoch > newest.epoch;
}

}  // namespace

std::vector<AnchorHolder*> GroupAnchor::Up() {
  std::vector<AnchorHolder*> up;
  for (AnchorHolder& holder : holders_) {
    const bool known = std::ranges::any_of(
        up, [&](const AnchorHolder* one) { return one->token == holder.token; });
    if (!known && holder.is_up()) up.push_back(&holder);
  }
  return up;
}

Error GroupAnchor::Alarm(const AnchorHolder& holder, const std::string& detail) {
  ++counters_.alarms;
  log::Error("hsm_anchor_ahead", {{"member", holder.name}, {"detail", detail}});
  alarm_ = Error{ErrorCode::kConflict,
                 "Token \"" + holder.name +
                     "\" remembers a later state of the store than the one that is served: it is "
                     "not the newest.",
                 holder.name + ": " + detail};
  return *alarm_;
}

Result<Head> GroupAnchor::ReadAnchor(Deadline deadline) {
  const std::lock_guard lock(mutex_);
  Head highest;
  std::optional<Error> failure;
  bool read = false;
  for (AnchorHolder* holder : Up()) {
    const Result<Head> found = holder->anchor()->ReadAnchor(deadline);
    if (!found) {
      // What was cloned with a token of another serial number does not verify, which is no sign of
      // more while another token's does.
      log::Warning("hsm_anchor_not_read",
                   {{"member", holder->name}, {"detail", found.error().detail}});
      if (!failure || found.error().code == ErrorCode::kKmsInternal) failure = found.error();
      if (found.error().code != ErrorCode::kKmsInternal) holder->put_out(found.error());
      continue;
    }
    read = true;
    if (*found && (!highest || (*found)->epoch > highest->epoch)) highest = *found;
  }
  if (highest) return highest;
  if (failure && (!read || failure->code == ErrorCode::kKmsInternal)) return *failure;
  if (!read) return NobodyUp();
  return highest;
}

Result<void> GroupAnchor::WriteAnchor(const ports::StoreHead& head, Deadline deadline) {
  const std::lock_guard lock(mutex_);
  if (alarm_) return *alarm_;
  // Also when it fails: a token may have it although its answer was lost.
  newest_ = head;
  std::optional<Error> failure;
  std::size_t written = 0;
  for (AnchorHolder* holder : Up()) {
    const Result<void> done = holder->anchor()->WriteAnchor(head, deadline);
    if (done) {
      ++written;
    } else if (done.error().code == ErrorCode::kConflict) {
      holder->put_out(done.error());
      return Alarm(*holder, done.error().detail);
    } else {
      failure = done.error();
      // Whoever is busy is asked again.
      if (done.error().code != ErrorCode::kThrottling) holder->put_out(done.error());
    }
  }
  if (failure && (written == 0 || failure->code == ErrorCode::kThrottling)) return *failure;
  if (written == 0) return NobodyUp();
  return {};
}

Result<void> GroupAnchor::CatchUp(AnchorHolder& holder, Deadline deadline) {
  if (!newest_) return {};
  ports::TokenAnchor& anchor = *holder.anchor();
  const Result<Head> found = anchor.ReadAnchor(deadline);
  // One that does not verify is written over, as the token's other anchors are.
  if (!found && found.error().code != ErrorCode::kKmsInternal) return found.error();
  const Head remembered = found ? *found : Head();
  if (remembered == newest_) return {};
  if (remembered && IsAhead(*remembered, *newest_))
    return Alarm(holder, "epoch " + std::to_string(remembered->epoch) + " in the token, and " +
                             std::to_string(newest_->epoch) + " anchored last");
  KM_CHECK(anchor.WriteAnchor(*newest_, deadline));
  ++counters_.caught_up;
  log::Info("hsm_anchor_caught_up", {{"member", holder.name},
                                     {"from", remembered ? remembered->epoch : 0},
                                     {"to", newest_->epoch}});
  return {};
}

Result<void> GroupAnchor::Join(std::size_t holder, Deadline deadline,
                               const std::function<void()>& count) {
  const std::lock_guard lock(mutex_);
  KM_CHECK(CatchUp(holders_.at(holder), deadline));
  count();
  return {};
}

GroupAnchorCounters GroupAnchor::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

}  // namespace kmaas::hsm
