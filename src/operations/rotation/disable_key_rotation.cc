// DisableKeyRotation: the key keeps its material. A rotation on demand that was begun still ends.
#include "operations/handlers.h"
#include "operations/regions/related_keys.h"
#include "operations/rotation/rotation_rules.h"

namespace kmaas::operations {

Result<kms::DisableKeyRotationResponse> DisableKeyRotation(
    const kms::DisableKeyRotationRequest& /*request*/, KeyCall& call) {
  KM_CHECK(CheckLeads(call.key()));
  NameRelatedKeys(call, call.key());
  KM_CHECK(call.WriteKey([](domain::Key& key, records::Changes& changes) -> Result<void> {
    KM_CHECK(CheckLeads(key));
    key.rotation.enabled = false;
    key.rotation.next.reset();
    key.rotation.period_days = domain::kRotationPeriodDaysDefault;
    return ShareRotation(changes, key);
  }));
  return kms::DisableKeyRotationResponse();
}

}  // namespace kmaas::operations
