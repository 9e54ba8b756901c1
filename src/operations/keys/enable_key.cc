// EnableKey: lets a disabled key be used again.
#include "operations/handlers.h"
#include "operations/keys/state_in_store.h"

namespace kmaas::operations {

Result<kms::EnableKeyResponse> EnableKey(const kms::EnableKeyRequest& /*request*/, KeyCall& call) {
  KM_CHECK(call.WriteKey([](domain::Key& key, records::Changes& changes) -> Result<void> {
    return SetState(key, domain::KeyState::kEnabled, changes);
  }));
  return kms::EnableKeyResponse();
}

}  // namespace kmaas::operations
