// Believes attestation documents that a trusted root vouches for, and no other.
#pragma once

#include "base/clock.h"
#include "crypto/certificate_chain.h"
#include "ports/attestation.h"

namespace kmaas::attestation {

// Borrows the clock.
class Verifier final : public ports::AttestationVerifier {
 public:
  Verifier(crypto::TrustedRoots roots, const Clock& clock)
      : roots_(std::move(roots)), clock_(clock) {}

  // Refuses also what is signed, but older than five minutes, and what has no key to encrypt for.
  Result<std::shared_ptr<const ports::Attestation>> Verify(ByteView document) override;

 private:
  const crypto::TrustedRoots roots_;
  const Clock& clock_;
};

}  // namespace kmaas::attestation
