// GetPublicKey: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::GetPublicKeyResponse> GetPublicKey(const kms::GetPublicKeyRequest& /*request*/,
                                               KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "GetPublicKey is not served yet."};
}

}  // namespace kmaas::operations
