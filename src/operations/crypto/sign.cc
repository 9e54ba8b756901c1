// Sign: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::SignResponse> Sign(const kms::SignRequest& /*request*/, KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "Sign is not served yet."};
}

}  // namespace kmaas::operations
