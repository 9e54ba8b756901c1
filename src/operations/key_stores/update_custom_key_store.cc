// UpdateCustomKeyStore: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::UpdateCustomKeyStoreResponse> UpdateCustomKeyStore(
    const kms::UpdateCustomKeyStoreRequest& /*request*/, AccountCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "UpdateCustomKeyStore is not served yet."};
}

}  // namespace kmaas::operations
