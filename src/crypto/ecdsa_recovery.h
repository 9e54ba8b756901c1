// What an ECDSA signature tells of the key that made it.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "domain/key_spec.h"

namespace kmaas::crypto {

// The two public keys, as DER SubjectPublicKeyInfo, under which the signature r‖s of `digest`
// verifies (SEC 1 section 4.1.6); a second signature tells which it is. Misses them for the one
// signature in 2^64 or fewer whose r was reduced. `spec` is one of an elliptic curve.
std::vector<Bytes> PublicKeysOf(domain::KeySpec spec, ByteView digest, ByteView r_then_s);

}  // namespace kmaas::crypto
