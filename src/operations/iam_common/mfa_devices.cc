#include "operations/iam_common/mfa_devices.h"

#include "operations/iam_common/entities.h"
#include "records/find_by_arn.h"

namespace kmaas::operations {

Error NoSuchMfaDevice(const std::string& serial) {
  return NoSuchEntity("MFA Device with serial number " + serial + " does not exist.");
}

Result<std::shared_ptr<const records::MfaDevice>> FindDevice(const core::Call& call,
                                                             const std::string& serial) {
  KM_TRY(auto device, records::FindByArn<records::MfaDevice>(call.services().catalog, serial));
  if (device == nullptr || device->account != call.principal().account)
    return NoSuchMfaDevice(serial);
  return device;
}

Result<identity::OpenedMfaDevice> OpenDevice(const core::Call& call, const std::string& serial) {
  identity::SealedSecrets secrets(call.services().engine, call.services().random);
  KM_TRY(identity::OpenedMfaDevice opened,
         identity::OpenMfaDevice(call.services().catalog, secrets, call.principal().account, serial,
                                 call.deadline()));
  if (opened.device == nullptr) return NoSuchMfaDevice(serial);
  return opened;
}

Result<records::MfaDevice> TakeDevice(records::Changes& changes, const std::string& account,
                                      const std::string& serial) {
  KM_TRY(std::optional<records::MfaDevice> device,
         records::FindByArn<records::MfaDevice>(changes, serial));
  if (!device || device->account != account) return NoSuchMfaDevice(serial);
  return *std::move(device);
}

std::optional<Error> JudgePair(records::MfaDevice& device, const SecretBytes& seed,
                               const std::string& first, const std::string& second, WallTime now) {
  const auto verdict = identity::JudgeCodePair(device, seed, first, second, now);
  if (verdict == identity::MfaVerdict::kAccepted) return std::nullopt;
  return Error{ErrorCode::kInvalidAuthenticationCode,
               "Authentication code for device is not valid.",
               verdict == identity::MfaVerdict::kLocked ? "the device is locked" : "wrong codes"};
}

}  // namespace kmaas::operations
