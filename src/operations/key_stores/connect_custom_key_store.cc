// ConnectCustomKeyStore: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::ConnectCustomKeyStoreResponse> ConnectCustomKeyStore(
    const kms::ConnectCustomKeyStoreRequest& /*request*/, AccountCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "ConnectCustomKeyStore is not served yet."};
}

}  // namespace kmaas::operations
