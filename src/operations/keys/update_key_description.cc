// UpdateKeyDescription: replaces a key's description.
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::UpdateKeyDescriptionResponse> UpdateKeyDescription(
    const kms::UpdateKeyDescriptionRequest& request, KeyCall& call) {
  KM_CHECK(
      call.WriteKey([&request](domain::Key& key, records::Changes& /*changes*/) -> Result<void> {
        key.description = request.description();
        return {};
      }));
  return kms::UpdateKeyDescriptionResponse();
}

}  // namespace kmaas::operations
