// DeleteKey: not written yet.
#include "operations/lifecycle_handlers.h"

namespace kmaas::operations {

Result<lifecycle::DeleteKeyResponse> DeleteKey(const lifecycle::DeleteKeyRequest& /*request*/,
                                               KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "DeleteKey is not served yet."};
}

}  // namespace kmaas::operations
