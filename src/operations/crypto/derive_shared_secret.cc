// DeriveSharedSecret: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::DeriveSharedSecretResponse> DeriveSharedSecret(
    const kms::DeriveSharedSecretRequest& /*request*/, KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "DeriveSharedSecret is not served yet."};
}

}  // namespace kmaas::operations
