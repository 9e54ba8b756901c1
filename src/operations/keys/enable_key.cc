// EnableKey: lets a disabled key be used again.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::EnableKeyResponse> EnableKey(const kms::EnableKeyRequest& /*request*/, KeyCall& call) {
  KM_CHECK(call.WriteKey([](domain::Key& key, records::Changes& /*changes*/) -> Result<void> {
    key.state = domain::KeyState::kEnabled;
    return {};
  }));
  return kms::EnableKeyResponse();
}

}  // namespace kmaas::operations
