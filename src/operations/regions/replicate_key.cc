// ReplicateKey: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::ReplicateKeyResponse> ReplicateKey(const kms::ReplicateKeyRequest& /*request*/,
                                               KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "ReplicateKey is not served yet."};
}

}  // namespace kmaas::operations
