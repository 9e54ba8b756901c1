// GetKeyLastUsage: the newest successful cryptographic operation with a key.
#include <algorithm>

#include "operations/handlers.h"
#include "ports/key_uses.h"

namespace kmaas::operations {

Result<kms::GetKeyLastUsageResponse> GetKeyLastUsage(const kms::GetKeyLastUsageRequest& /*request*/,
                                                     KeyCall& call) {
  ports::KeyUses* uses = call.services().key_uses;
  if (uses == nullptr) {
    return Error{ErrorCode::kUnsupportedOperation, "This server does not note when keys are used."};
  }
  const domain::Key& key = call.key();
  KM_TRY(const std::optional<domain::KeyUse> use, uses->LastUse(key.region, key.id));
  kms::GetKeyLastUsageResponse reply;
  reply.set_key_id(key.id.ToText());
  reply.set_key_creation_date(ToEpochSeconds(key.created));
  reply.set_tracking_start_date(ToEpochSeconds(std::max(uses->tracking_since(), key.created)));
  if (!use) return reply;
  kms::KeyLastUsageData& last = *reply.mutable_key_last_usage();
  last.set_operation(use->operation);
  last.set_timestamp(ToEpochSeconds(use->time));
  last.set_cloud_trail_event_id(use->event_id);
  last.set_kms_request_id(use->request_id);
  return reply;
}

}  // namespace kmaas::operations
