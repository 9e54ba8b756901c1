// UpdatePrimaryRegion: not served yet.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::UpdatePrimaryRegionResponse> UpdatePrimaryRegion(
    const kms::UpdatePrimaryRegionRequest& /*request*/, KeyCall& /*call*/) {
  return Error{ErrorCode::kUnsupportedOperation, "UpdatePrimaryRegion is not served yet."};
}

}  // namespace kmaas::operations
