// RotateKey: not written yet.
#include "operations/lifecycle_handlers.h"

namespace kmaas::operations {

Result<lifecycle::RotateKeyResponse> RotateKey(const lifecycle::RotateKeyRequest& /*request*/,
                                               KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "RotateKey is not served yet."};
}

}  // namespace kmaas::operations
