#include "app/attestation_roots.h"

#include "app/principal_rules.h"

namespace kmaas::app {

Result<std::optional<crypto::TrustedRoots>> LoadAttestationRoots(
    const std::vector<std::string>& files) {
  if (files.empty()) return std::optional<crypto::TrustedRoots>();
  crypto::TrustedRoots roots;
  for (const std::string& file : files) {
    KM_TRY(const std::string pem, ReadSettingsFile(file));
    if (!roots.Add(pem)) {
      return Error{ErrorCode::kValidation, "attestation.roots: " + file +
                                               " holds something else than root certificates " +
                                               "in PEM"};
    }
  }
  return std::optional(std::move(roots));
}

}  // namespace kmaas::app
