// ListMFADevices: the devices of a user.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/mfa_devices.h"
#include "operations/iam_common/paging.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListMFADevicesResponse> ListMFADevices(const iam::ListMFADevicesRequest& request,
                                                   AccountCall& call) {
  KM_TRY(const std::string name, NamedOrOwnUser(request, call));
  KM_CHECK(FindEntity<records::User>(call, name));
  KM_TRY(const Paging paging, ReadPaging(request, call));
  KM_TRY(const auto devices,
         DevicesOfUser(call.services().catalog, call.principal().account, name));
  iam::ListMFADevicesResponse reply;
  ListItems(
      devices, paging, [](const records::MfaDevice& device) { return device.name; },
      [&reply](const records::MfaDevice& device) {
        iam::MFADevice& listed = *reply.add_mfa_devices();
        listed.set_user_name(device.user_name);
        listed.set_serial_number(device.arn());
        listed.set_enable_date(ToEpochSeconds(device.enabled));
      },
      call, reply);
  return reply;
}

}  // namespace kmaas::operations
