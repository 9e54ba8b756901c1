// Decapsulate: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::DecapsulateResponse> Decapsulate(const kms::DecapsulateRequest& /*request*/,
                                             KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "Decapsulate is not served yet."};
}

}  // namespace kmaas::operations
