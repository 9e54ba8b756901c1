// An authority's word without the documents: every document proves the same, or none anything.
#pragma once

#include <optional>

#include "ports/attestation.h"

namespace kmaas::fakes {

// Thread-safe while `proved` stays as it is.
class FixedAttestation final : public ports::AttestationVerifier {
 public:
  Result<std::shared_ptr<const ports::Attestation>> Verify(ByteView /*document*/) override {
    if (!proved) return Error{ErrorCode::kValidation, "The attestation document is malformed."};
    return std::shared_ptr<const ports::Attestation>(std::make_shared<ports::Attestation>(*proved));
  }

  std::optional<ports::Attestation> proved;
};

}  // namespace kmaas::fakes
