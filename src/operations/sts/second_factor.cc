#include "operations/sts/second_factor.h"

namespace kmaas::operations {
namespace {

Error Failed(std::string why) {
  return {ErrorCode::kAccessDenied, "MultiFactorAuthentication failed" + std::move(why)};
}

}  // namespace

// Devices are users': whoever acts as a role has shown his when the session began.
Result<bool> CheckSecondFactor(const ShownFactor& shown, const core::Call& call) {
  if (!shown.has_serial && !shown.has_code) return false;
  if (shown.has_serial != shown.has_code)
    return Failed(", must provide both MFA serial number and one time pass code.");
  const domain::Principal& who = call.principal();
  ports::SecondFactors* factors = call.services().second_factors;
  if (who.type != domain::PrincipalType::kIamUser || who.session != nullptr || factors == nullptr) {
    return Failed(
        ", unable to validate MFA code.  Please verify your MFA serial number is valid and "
        "associated with this user.");
  }
  KM_CHECK(factors->Verify(who, shown.serial_number, shown.code, call.deadline()));
  return true;
}

}  // namespace kmaas::operations
