// UntagMFADevice: removes tags by key; a key that is not there is no error.
#include "operations/iam_common/mfa_devices.h"
#include "operations/iam_common/tags.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::UntagMFADeviceResponse> UntagMFADevice(const iam::UntagMFADeviceRequest& request,
                                                   AccountCall& call) {
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(records::MfaDevice device,
           TakeDevice(changes, call.principal().account, request.serial_number()));
    RemoveTags(request.tag_keys(), device.tags);
    return changes.Put(device);
  }));
  return iam::UntagMFADeviceResponse();
}

}  // namespace kmaas::operations
