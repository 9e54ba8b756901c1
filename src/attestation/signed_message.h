// COSE_Sign1 with ES384 (RFC 9052 section 4.2, RFC 9053 section 2.1): the one form in which
// attestation documents are signed.
#pragma once

#include <optional>

#include "base/bytes.h"

namespace kmaas::attestation {

// Borrows from the message that it was read from.
struct SignedMessage {
  ByteView protected_header;
  ByteView payload;
  ByteView signature;  // r‖s

  // Nothing for what is no COSE_Sign1, tagged or not, and for another algorithm than ES384. The
  // unprotected header is empty: nobody signs it.
  static std::optional<SignedMessage> Parse(ByteView message);

  // `key` is a DER SubjectPublicKeyInfo; false unless it is one of P-384.
  [[nodiscard]] bool IsSignedBy(ByteView key) const;
};

}  // namespace kmaas::attestation
