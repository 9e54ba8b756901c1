// Encapsulate: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::EncapsulateResponse> Encapsulate(const kms::EncapsulateRequest& /*request*/,
                                             KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "Encapsulate is not served yet."};
}

}  // namespace kmaas::operations
