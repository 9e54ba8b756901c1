// VerifyMac: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::VerifyMacResponse> VerifyMac(const kms::VerifyMacRequest& /*request*/,
                                         KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "VerifyMac is not served yet."};
}

}  // namespace kmaas::operations
