// What customers' keys in the token are for: one use in each function. Whoever calls has checked
// that material and algorithm go together.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "domain/key.h"
#include "hsm/engine_core.h"
#include "hsm/private_operations.h"

namespace kmaas::hsm {

// For the short lane: the hot path. Nothing for resident material that has to be searched for.
Result<std::optional<SecretBytes>> MacUnderLoaded(Call& call, const domain::KeyMaterial& material,
                                                  CK_MECHANISM_TYPE hmac, ByteView input,
                                                  Check check);
// For the long lane, as all that follow.
Result<SecretBytes> MacUnderResident(Call& call, const domain::KeyMaterial& material,
                                     CK_MECHANISM_TYPE hmac, ByteView input, Check check);
// By caller: for whoever would rather have an ECDSA signature that may be wrong than wait as long
// again for the check.
Result<Bytes> SignUnder(Call& call, const domain::KeyMaterial& material,
                        domain::SigningAlgorithm algorithm, ByteView input, Check check);
Result<SecretBytes> DecryptUnder(Call& call, const domain::KeyMaterial& material,
                                 domain::EncryptionAlgorithm algorithm, ByteView ciphertext);
// `peer` is an uncompressed point of the key's curve.
Result<SecretBytes> AgreeUnder(Call& call, const domain::KeyMaterial& material, ByteView peer);

// What is said of every ciphertext that does not open.
Error WrongCiphertext();

}  // namespace kmaas::hsm
