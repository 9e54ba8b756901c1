// CreateCustomKeyStore: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::CreateCustomKeyStoreResponse> CreateCustomKeyStore(
    const kms::CreateCustomKeyStoreRequest& /*request*/, AccountCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "CreateCustomKeyStore is not served yet."};
}

}  // namespace kmaas::operations
