// GetKeyLastUsage: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::GetKeyLastUsageResponse> GetKeyLastUsage(const kms::GetKeyLastUsageRequest& /*request*/,
                                                     KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "GetKeyLastUsage is not served yet."};
}

}  // namespace kmaas::operations
