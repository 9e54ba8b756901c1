// Decapsulate: for ML-KEM, of which this server makes no keys.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::DecapsulateResponse> Decapsulate(const kms::DecapsulateRequest& /*request*/,
                                             KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "ML-KEM is not supported by this server."};
}

}  // namespace kmaas::operations
