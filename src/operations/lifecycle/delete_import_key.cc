// DeleteImportKey: not written yet.
#include "operations/lifecycle_handlers.h"

namespace kmaas::operations {

Result<lifecycle::DeleteImportKeyResponse> DeleteImportKey(
    const lifecycle::DeleteImportKeyRequest& /*request*/, KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "DeleteImportKey is not served yet."};
}

}  // namespace kmaas::operations
