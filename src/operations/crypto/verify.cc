// Verify: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::VerifyResponse> Verify(const kms::VerifyRequest& /*request*/, KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "Verify is not served yet."};
}

}  // namespace kmaas::operations
