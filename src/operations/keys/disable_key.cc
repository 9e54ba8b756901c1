// DisableKey: stops all use of a key until it is enabled again.
#include "operations/handlers.h"
#include "operations/keys/state_in_store.h"

namespace kmaas::operations {

Result<kms::DisableKeyResponse> DisableKey(const kms::DisableKeyRequest& /*request*/,
                                           KeyCall& call) {
  KM_CHECK(call.WriteKey([](domain::Key& key, records::Changes& changes) -> Result<void> {
    return SetState(key, domain::KeyState::kDisabled, changes);
  }));
  return kms::DisableKeyResponse();
}

}  // namespace kmaas::operations
