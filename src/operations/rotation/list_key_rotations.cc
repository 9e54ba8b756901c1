// ListKeyRotations: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::ListKeyRotationsResponse> ListKeyRotations(
    const kms::ListKeyRotationsRequest& /*request*/, KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "ListKeyRotations is not served yet."};
}

}  // namespace kmaas::operations
