// CreateVirtualMFADevice: a device for an authenticator app; the only answer that ever has its
// seed.
#include "identity/mfa.h"
#include "identity/totp.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_common/messages.h"
#include "operations/iam_common/quotas.h"
#include "operations/iam_common/tags.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {
namespace {

constexpr std::size_t kDeviceNameBytesMax = 226;  // with path and ARN within a serial number's 256

Result<records::MfaDevice> ReadDevice(const iam::CreateVirtualMFADeviceRequest& request,
                                      const core::Call& call) {
  records::MfaDevice device;
  device.account = call.principal().account;
  device.name = request.virtual_mfa_device_name();
  device.path = request.has_path() ? request.path() : "/";
  device.created = call.now();
  KM_CHECK(CheckPath(device.path));
  if (device.path.size() + device.name.size() > kDeviceNameBytesMax)
    return Error{ErrorCode::kValidation, "The path and name of the device are too long."};
  KM_TRY(device.tags, ReadIamTags(request.tags()));
  return device;
}

}  // namespace

Result<iam::CreateVirtualMFADeviceResponse> CreateVirtualMFADevice(
    const iam::CreateVirtualMFADeviceRequest& request, AccountCall& call) {
  KM_TRY(records::MfaDevice device, ReadDevice(request, call));
  const core::Services& services = call.services();
  SecretBytes seed(identity::kMfaSeedBytes);
  KM_CHECK(services.engine.GenerateRandom(seed.span(), call.deadline()));
  identity::SealedSecrets secrets(services.engine, services.random);
  KM_TRY(device.sealed_seed, secrets.Seal(device, seed, call.deadline()));
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(const auto present,
           changes.Get<records::MfaDevice>(records::MfaDeviceRow(device.account, device.name)));
    if (present) {
      return Error{ErrorCode::kAlreadyExists,
                   "MFADevice entity at the same path and name already exists."};
    }
    KM_CHECK(RequireRoom<records::MfaDevice>(changes, device.account));
    return changes.Put(device);
  }));
  iam::CreateVirtualMFADeviceResponse reply;
  iam::VirtualMFADevice& made = *reply.mutable_virtual_mfa_device();
  made.set_serial_number(device.arn());
  made.set_base32_string_seed(identity::Base32Encode(seed.view()));
  for (const domain::Tag& tag : device.tags) Fill(tag, *made.add_tags());
  return reply;
}

}  // namespace kmaas::operations
