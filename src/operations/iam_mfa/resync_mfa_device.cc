// ResyncMFADevice: two codes in a row count as a proof that the device keeps time; it ends a
// lock-out only when it has passed.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/mfa_devices.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ResyncMFADeviceResponse> ResyncMFADevice(const iam::ResyncMFADeviceRequest& request,
                                                     AccountCall& call) {
  KM_CHECK(FindEntity<records::User>(call, request.user_name()));
  KM_TRY(const identity::OpenedMfaDevice opened, OpenDevice(call, request.serial_number()));
  KM_CHECK(call.WriteJudged([&](records::Changes& changes) -> Result<std::optional<Error>> {
    KM_TRY(records::MfaDevice device, identity::TakeMfaDevice(changes, opened));
    if (device.user_name != request.user_name()) return NoSuchMfaDevice(request.serial_number());
    const std::optional<Error> refusal =
        JudgePair(device, opened.seed, request.authentication_code1(),
                  request.authentication_code2(), call.now());
    KM_CHECK(changes.Put(device));
    return refusal;
  }));
  return iam::ResyncMFADeviceResponse();
}

}  // namespace kmaas::operations
