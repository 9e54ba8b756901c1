// EnableKeyRotation: the key gets new material each period.
#include "operations/handlers.h"
#include "operations/regions/related_keys.h"
#include "operations/rotation/rotation_rules.h"

namespace kmaas::operations {

Result<kms::EnableKeyRotationResponse> EnableKeyRotation(
    const kms::EnableKeyRotationRequest& request, KeyCall& call) {
  const std::uint32_t days = request.has_rotation_period_in_days()
                                 ? static_cast<std::uint32_t>(request.rotation_period_in_days())
                                 : domain::kRotationPeriodDaysDefault;
  KM_CHECK(CheckLeads(call.key()));
  NameRelatedKeys(call, call.key());
  KM_CHECK(call.WriteKey([&](domain::Key& key, records::Changes& changes) -> Result<void> {
    KM_CHECK(CheckLeads(key));
    domain::Rotation& rotation = key.rotation;
    // Asked for what it does already, the key keeps its date: nobody puts a rotation off by asking.
    if (rotation.enabled && rotation.period_days == days) return {};
    rotation.enabled = true;
    rotation.period_days = days;
    rotation.next = call.now() + std::chrono::hours(24) * days;
    return ShareRotation(changes, key);
  }));
  return kms::EnableKeyRotationResponse();
}

}  // namespace kmaas::operations
