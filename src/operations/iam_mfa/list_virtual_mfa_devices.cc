// ListVirtualMFADevices: the devices of the account, and whose they are.
#include "operations/iam_common/messages.h"
#include "operations/iam_common/mfa_devices.h"
#include "operations/iam_common/paging.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {
namespace {

bool IsListed(const iam::ListVirtualMFADevicesRequest& request, const records::MfaDevice& device) {
  if (request.assignment_status() == "Assigned") return !device.user_name.empty();
  if (request.assignment_status() == "Unassigned") return device.user_name.empty();
  return true;
}

}  // namespace

Result<iam::ListVirtualMFADevicesResponse> ListVirtualMFADevices(
    const iam::ListVirtualMFADevicesRequest& request, AccountCall& call) {
  KM_TRY(const Paging paging, ReadPaging(request, call));
  iam::ListVirtualMFADevicesResponse reply;
  const auto add = [&](const records::MfaDevice& device) -> Result<bool> {
    if (!IsListed(request, device)) return false;
    iam::VirtualMFADevice& listed = *reply.add_virtual_mfa_devices();
    listed.set_serial_number(device.arn());
    if (device.user_name.empty()) return true;
    listed.set_enable_date(ToEpochSeconds(device.enabled));
    KM_TRY(const auto user, call.services().catalog.Find<records::User>(
                                records::UserRow(device.account, device.user_name)));
    if (user != nullptr) Fill(*user, Detail::kListed, *listed.mutable_user());
    return true;
  };
  KM_CHECK(ListRows<records::MfaDevice>(records::AccountPrefix(call.principal().account), paging,
                                        add, call, reply));
  return reply;
}

}  // namespace kmaas::operations
