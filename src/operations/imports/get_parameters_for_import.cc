// GetParametersForImport: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::GetParametersForImportResponse> GetParametersForImport(
    const kms::GetParametersForImportRequest& /*request*/, KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "GetParametersForImport is not served yet."};
}

}  // namespace kmaas::operations
