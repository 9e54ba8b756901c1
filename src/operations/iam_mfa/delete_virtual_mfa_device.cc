// DeleteVirtualMFADevice: a device that is nobody's.
#include "operations/iam_common/deletion.h"
#include "operations/iam_common/mfa_devices.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::DeleteVirtualMFADeviceResponse> DeleteVirtualMFADevice(
    const iam::DeleteVirtualMFADeviceRequest& request, AccountCall& call) {
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(const records::MfaDevice device,
           TakeDevice(changes, call.principal().account, request.serial_number()));
    if (!device.user_name.empty())
      return DeleteConflict("MFA VirtualDevice in use. Must deactivate first.");
    return changes.Delete<records::MfaDevice>(records::MfaDeviceRow(device.account, device.name));
  }));
  return iam::DeleteVirtualMFADeviceResponse();
}

}  // namespace kmaas::operations
