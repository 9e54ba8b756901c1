// GetKeyRotationStatus: whether and when a key rotates.
#include "operations/handlers.h"

namespace kmaas::operations {
namespace {

bool WaitsForDeletion(const domain::Key& key) {
  return key.state == domain::KeyState::kPendingDeletion ||
         key.state == domain::KeyState::kPendingReplicaDeletion;
}

}  // namespace

Result<kms::GetKeyRotationStatusResponse> GetKeyRotationStatus(
    const kms::GetKeyRotationStatusRequest& /*request*/, KeyCall& call) {
  const domain::Key& key = call.key();
  const domain::Rotation& rotation = key.rotation;
  kms::GetKeyRotationStatusResponse reply;
  reply.set_key_id(key.id.ToText());
  // Nothing rotates while a key waits for its deletion; what was set counts again if it is
  // cancelled.
  const bool waits = WaitsForDeletion(key);
  const bool enabled = rotation.enabled && !waits;
  reply.set_key_rotation_enabled(enabled);
  if (enabled) {
    reply.set_rotation_period_in_days(static_cast<std::int32_t>(rotation.period_days));
    if (rotation.next) reply.set_next_rotation_date(ToEpochSeconds(*rotation.next));
  }
  if (rotation.on_demand_started && !waits)
    reply.set_on_demand_rotation_start_date(ToEpochSeconds(*rotation.on_demand_started));
  return reply;
}

}  // namespace kmaas::operations
