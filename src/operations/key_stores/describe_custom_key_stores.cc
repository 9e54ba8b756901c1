// DescribeCustomKeyStores: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::DescribeCustomKeyStoresResponse> DescribeCustomKeyStores(
    const kms::DescribeCustomKeyStoresRequest& /*request*/, AccountCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "DescribeCustomKeyStores is not served yet."};
}

}  // namespace kmaas::operations
