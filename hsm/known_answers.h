// Probes by known answers: what a token really does, whatever its mechanism list says.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "hsm/session.h"
#include "hsm/token_profiles.h"

namespace kmaas::hsm {

// Each needs a logged-in session, makes throw-away session objects and destroys them.

// HMAC-SHA-256 under a known key equals OpenSSL's.
Result<void> ProbeMac(const Session& session);
// Two draws differ and are not zero: no test of quality, only that something is there.
Result<void> ProbeRandom(const Session& session);
// The first method of the profile whose blobs OpenSSL opens by RFC 5649 and that the token opens
// itself.
Result<WrapMethod> ProbeWrap(const Session& session, const TokenProfile& profile);
// The key signs, and `public_key` (DER SubjectPublicKeyInfo) verifies.
Result<void> ProbeAuditKey(const Session& session, ObjectHandle key, ByteView public_key);

// HMAC-SHA-256 in one call; fails when the token returns another length or zeros. `out` is 32
// bytes.
Rv Mac(const Session& session, ObjectHandle key, ByteView input, MutableByteView out);

}  // namespace kmaas::hsm
