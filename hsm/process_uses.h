// What keys of custody process are for, in the process. Secrets are those of OpenedInProcess; no
// token is asked. Whoever calls has checked that material and algorithm go together.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "crypto/public_key.h"
#include "domain/key.h"

namespace kmaas::hsm {

Result<Bytes> SignInProcess(domain::KeySpec spec, const SecretBytes& key,
                            domain::SigningAlgorithm algorithm, ByteView input);
Result<SecretBytes> DecryptInProcess(domain::KeySpec spec, const SecretBytes& key,
                                     domain::EncryptionAlgorithm algorithm, ByteView ciphertext);
Bytes MacInProcess(const SecretBytes& key, domain::MacAlgorithm algorithm, ByteView message);
// `peer` is on the key's curve.
Result<SecretBytes> AgreeInProcess(const SecretBytes& key, const crypto::PublicKey& peer);

}  // namespace kmaas::hsm
