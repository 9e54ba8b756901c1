// Public keys as a token shows them, and as the database keeps them.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "hsm/mechanisms.h"
#include "hsm/session.h"

namespace kmaas::hsm {

// The DER SubjectPublicKeyInfo of an object with public attributes: a public key, or a private RSA
// key. Nothing in `info` for a key that is not of the plan's kind: another size, another curve, an
// exponent or a point that no good key has.
Rv ReadPublicHalf(const Session& session, ObjectHandle object, const KeyPlan& plan,
                  std::optional<Bytes>& info);

// A point as CKA_EC_POINT should have it: DER OCTET STRING.
Bytes WrappedPoint(ByteView point);

}  // namespace kmaas::hsm
