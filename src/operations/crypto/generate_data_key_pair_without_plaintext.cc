// GenerateDataKeyPairWithoutPlaintext: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::GenerateDataKeyPairWithoutPlaintextResponse> GenerateDataKeyPairWithoutPlaintext(
    const kms::GenerateDataKeyPairWithoutPlaintextRequest& /*request*/, KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation,
               "GenerateDataKeyPairWithoutPlaintext is not served yet."};
}

}  // namespace kmaas::operations
