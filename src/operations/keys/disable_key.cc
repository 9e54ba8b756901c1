// DisableKey: stops all use of a key until it is enabled again.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::DisableKeyResponse> DisableKey(const kms::DisableKeyRequest& /*request*/,
                                           KeyCall& call) {
  KM_CHECK(call.WriteKey([](domain::Key& key, records::Changes& /*changes*/) -> Result<void> {
    key.state = domain::KeyState::kDisabled;
    return {};
  }));
  return kms::DisableKeyResponse();
}

}  // namespace kmaas::operations
