// ImportKeyMaterial: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::ImportKeyMaterialResponse> ImportKeyMaterial(
    const kms::ImportKeyMaterialRequest& /*request*/, KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "ImportKeyMaterial is not served yet."};
}

}  // namespace kmaas::operations
