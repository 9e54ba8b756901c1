// TagMFADevice: adds tags to a virtual MFA device or replaces those that it has.
#include "operations/iam_common/mfa_devices.h"
#include "operations/iam_common/tags.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::TagMFADeviceResponse> TagMFADevice(const iam::TagMFADeviceRequest& request,
                                               AccountCall& call) {
  KM_TRY(const std::vector<domain::Tag> added, ReadIamTags(request.tags()));
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(records::MfaDevice device,
           TakeDevice(changes, call.principal().account, request.serial_number()));
    KM_CHECK(MergeTags(added, device.tags));
    return changes.Put(device);
  }));
  return iam::TagMFADeviceResponse();
}

}  // namespace kmaas::operations
