// EnableKeyRotation: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::EnableKeyRotationResponse> EnableKeyRotation(
    const kms::EnableKeyRotationRequest& /*request*/, KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "EnableKeyRotation is not served yet."};
}

}  // namespace kmaas::operations
