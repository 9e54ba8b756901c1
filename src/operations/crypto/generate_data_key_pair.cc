// GenerateDataKeyPair: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::GenerateDataKeyPairResponse> GenerateDataKeyPair(
    const kms::GenerateDataKeyPairRequest& /*request*/, KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "GenerateDataKeyPair is not served yet."};
}

}  // namespace kmaas::operations
