// DisableKeyRotation: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::DisableKeyRotationResponse> DisableKeyRotation(
    const kms::DisableKeyRotationRequest& /*request*/, KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "DisableKeyRotation is not served yet."};
}

}  // namespace kmaas::operations
