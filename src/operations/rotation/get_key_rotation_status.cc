// GetKeyRotationStatus: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::GetKeyRotationStatusResponse> GetKeyRotationStatus(
    const kms::GetKeyRotationStatusRequest& /*request*/, KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "GetKeyRotationStatus is not served yet."};
}

}  // namespace kmaas::operations
