// ScheduleKeyDeletion: a key can no longer be used, and will be destroyed when its waiting period
// ends. That of a primary key begins when the last of its replicas is gone.
#include "base/limits.h"
#include "domain/multi_region_key.h"
#include "operations/handlers.h"

namespace kmaas::operations {
namespace {

// The model admits 1 to 365; the service enforces 7 to 30.
Result<int> WaitingDays(const kms::ScheduleKeyDeletionRequest& request) {
  const int days = request.has_pending_window_in_days() ? request.pending_window_in_days()
                                                        : limits::kDeletionWindowDaysMax;
  if (days < limits::kDeletionWindowDaysMin || days > limits::kDeletionWindowDaysMax) {
    return Error{ErrorCode::kValidation,
                 "PendingWindowInDays must be between " +
                     std::to_string(limits::kDeletionWindowDaysMin) + " and " +
                     std::to_string(limits::kDeletionWindowDaysMax) + ", inclusive."};
  }
  return days;
}

}  // namespace

Result<kms::ScheduleKeyDeletionResponse> ScheduleKeyDeletion(
    const kms::ScheduleKeyDeletionRequest& request, KeyCall& call) {
  KM_TRY(const int days, WaitingDays(request));
  domain::KeyState state = domain::KeyState::kPendingDeletion;
  std::optional<WallTime> date = call.now() + std::chrono::hours(24 * days);
  KM_CHECK(call.WriteKey([&](domain::Key& key, records::Changes& /*changes*/) -> Result<void> {
    if (HasReplicas(key)) {
      state = domain::KeyState::kPendingReplicaDeletion;
      date.reset();
    }
    key.state = state;
    key.state_afterwards.reset();
    key.deletion = domain::PendingDeletion{.date = date,
                                           .window_days = static_cast<std::uint32_t>(days),
                                           .requested = call.now(),
                                           .requested_by = call.principal().arn,
                                           .event_id = call.event_id()};
    return {};
  }));
  kms::ScheduleKeyDeletionResponse reply;
  reply.set_key_id(call.key().arn());
  if (date) reply.set_deletion_date(ToEpochSeconds(*date));
  reply.set_key_state(std::string(ToText(state)));
  reply.set_pending_window_in_days(days);
  return reply;
}

}  // namespace kmaas::operations
