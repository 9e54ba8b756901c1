// The authorities whose attestation documents are believed, from their files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "crypto/certificate_chain.h"

namespace kmaas::app {

// Nothing when no file is named. kValidation names the file that cannot be read or holds something
// else than root certificates in PEM.
Result<std::optional<crypto::TrustedRoots>> LoadAttestationRoots(
    const std::vector<std::string>& files);

}  // namespace kmaas::app
