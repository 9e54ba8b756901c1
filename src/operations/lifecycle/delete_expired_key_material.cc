// DeleteExpiredKeyMaterial: not written yet.
#include "operations/lifecycle_handlers.h"

namespace kmaas::operations {

Result<lifecycle::DeleteExpiredKeyMaterialResponse> DeleteExpiredKeyMaterial(
    const lifecycle::DeleteExpiredKeyMaterialRequest& /*request*/, KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "DeleteExpiredKeyMaterial is not served yet."};
}

}  // namespace kmaas::operations
