// GenerateMac: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::GenerateMacResponse> GenerateMac(const kms::GenerateMacRequest& /*request*/,
                                             KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "GenerateMac is not served yet."};
}

}  // namespace kmaas::operations
