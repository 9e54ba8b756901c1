// DisconnectCustomKeyStore: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::DisconnectCustomKeyStoreResponse> DisconnectCustomKeyStore(
    const kms::DisconnectCustomKeyStoreRequest& /*request*/, AccountCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "DisconnectCustomKeyStore is not served yet."};
}

}  // namespace kmaas::operations
