// What a customer does before ImportKeyMaterial: wraps material under the public key that it was
// given.
#pragma once

#include "base/bytes.h"
#include "domain/import_key.h"

namespace kmaas::fakes {

// `public_key` is the DER SubjectPublicKeyInfo of an RSA key of `spec`. Ends the program when the
// material is too long for the algorithm.
Bytes WrapForImport(ByteView public_key, domain::WrappingKeySpec spec,
                    domain::WrappingAlgorithm algorithm, ByteView material);

}  // namespace kmaas::fakes
