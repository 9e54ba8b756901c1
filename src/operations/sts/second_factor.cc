#include "operations/sts/second_factor.h"

namespace kmaas::operations {
namespace {

Error Failed(std::string why) {
  return {ErrorCode::kAccessDenied, "MultiFactorAuthentication failed" + std::move(why)};
}

Error NotValidated() {
  return Failed(
      ", unable to validate MFA code.  Please verify your MFA serial number is valid and "
      "associated with this user.");
}

}  // namespace

// Devices are users': whoever acts as a role has shown his when the session began.
Result<std::optional<ShownFactor>> FindSecondFactor(const FactorFields& fields, core::Call& call) {
  if (!fields.has_serial && !fields.has_code) return std::optional<ShownFactor>();
  if (fields.has_serial != fields.has_code)
    return Failed(", must provide both MFA serial number and one time pass code.");
  const domain::Principal& who = call.principal();
  if (who.type != domain::PrincipalType::kIamUser || who.session != nullptr) return NotValidated();
  const core::Services& services = call.services();
  identity::SealedSecrets secrets(services.engine, services.random);
  KM_TRY(identity::OpenedMfaDevice opened,
         identity::OpenMfaDevice(services.catalog, secrets, who.account, fields.serial_number,
                                 call.deadline()));
  if (opened.device == nullptr || opened.device->user_name != who.user_name) return NotValidated();
  return std::optional<ShownFactor>(ShownFactor{std::move(opened), fields.code});
}

Result<void> UseSecondFactor(const std::optional<ShownFactor>& shown, core::Call& call) {
  if (!shown) return {};
  const WallTime now = call.now();
  return call.WriteJudged([&](records::Changes& changes) -> Result<std::optional<Error>> {
    KM_TRY(records::MfaDevice device, identity::TakeMfaDevice(changes, shown->device));
    if (device.user_name != call.principal().user_name) return std::optional<Error>(NotValidated());
    const identity::MfaVerdict verdict =
        identity::JudgeCode(device, shown->device.seed, shown->code, now);
    if (verdict != identity::MfaVerdict::kLocked) KM_CHECK(changes.Put(device));
    if (verdict == identity::MfaVerdict::kAccepted) return std::optional<Error>();
    return std::optional<Error>(Failed(" with invalid MFA one time pass code. "));
  });
}

}  // namespace kmaas::operations
