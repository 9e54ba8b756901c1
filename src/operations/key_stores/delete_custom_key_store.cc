// DeleteCustomKeyStore: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::DeleteCustomKeyStoreResponse> DeleteCustomKeyStore(
    const kms::DeleteCustomKeyStoreRequest& /*request*/, AccountCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "DeleteCustomKeyStore is not served yet."};
}

}  // namespace kmaas::operations
