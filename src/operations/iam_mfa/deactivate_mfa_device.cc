// DeactivateMFADevice: the device is no longer the user's; codes that it has used stay used.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/mfa_devices.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::DeactivateMFADeviceResponse> DeactivateMFADevice(
    const iam::DeactivateMFADeviceRequest& request, AccountCall& call) {
  KM_TRY(const std::string name, NamedOrOwnUser(request, call));
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    const std::string& account = call.principal().account;
    KM_CHECK(TakeEntity<records::User>(changes, account, name));
    KM_TRY(records::MfaDevice device, TakeDevice(changes, account, request.serial_number()));
    if (device.user_name != name) return NoSuchMfaDevice(request.serial_number());
    device.user_name.clear();
    device.enabled = {};
    return changes.Put(device);
  }));
  return iam::DeactivateMFADeviceResponse();
}

}  // namespace kmaas::operations
