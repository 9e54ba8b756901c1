// RotateKeyOnDemand: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::RotateKeyOnDemandResponse> RotateKeyOnDemand(
    const kms::RotateKeyOnDemandRequest& /*request*/, KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "RotateKeyOnDemand is not served yet."};
}

}  // namespace kmaas::operations
