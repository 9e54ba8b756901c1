// EnableMFADevice: a device becomes a user's, once two codes in a row have proven that it works.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/mfa_devices.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {
namespace {

Result<void> CheckFree(records::Changes& changes, const records::MfaDevice& device,
                       const std::string& user_name) {
  if (!device.user_name.empty())
    return Error{ErrorCode::kAlreadyExists, "MFA device is already in use."};
  KM_TRY(const auto devices, DevicesOfUser(changes, device.account, user_name));
  if (devices.size() < kMfaDevicesPerUserMax) return {};
  return Error{ErrorCode::kLimitExceeded, "Cannot exceed quota for MfaDevicesPerUser: " +
                                              std::to_string(kMfaDevicesPerUserMax)};
}

}  // namespace

Result<iam::EnableMFADeviceResponse> EnableMFADevice(const iam::EnableMFADeviceRequest& request,
                                                     AccountCall& call) {
  KM_CHECK(FindEntity<records::User>(call, request.user_name()));
  KM_TRY(const identity::OpenedMfaDevice opened, OpenDevice(call, request.serial_number()));
  KM_CHECK(call.WriteJudged([&](records::Changes& changes) -> Result<std::optional<Error>> {
    KM_TRY(const records::User user,
           TakeEntity<records::User>(changes, call.principal().account, request.user_name()));
    KM_TRY(records::MfaDevice device, identity::TakeMfaDevice(changes, opened));
    KM_CHECK(CheckFree(changes, device, user.name));
    const std::optional<Error> refusal =
        JudgePair(device, opened.seed, request.authentication_code1(),
                  request.authentication_code2(), call.now());
    if (!refusal) {
      device.user_name = user.name;
      device.enabled = call.now();
    }
    KM_CHECK(changes.Put(device));
    return refusal;
  }));
  return iam::EnableMFADeviceResponse();
}

}  // namespace kmaas::operations
