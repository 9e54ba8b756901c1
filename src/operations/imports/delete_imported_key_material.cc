// DeleteImportedKeyMaterial: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::DeleteImportedKeyMaterialResponse> DeleteImportedKeyMaterial(
    const kms::DeleteImportedKeyMaterialRequest& /*request*/, KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "DeleteImportedKeyMaterial is not served yet."};
}

}  // namespace kmaas::operations
