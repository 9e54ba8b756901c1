// Symmetric encryption under a CMK: one HMAC in the HSM, then AES-256-GCM in the process.
// docs/ciphertext-format.md.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "domain/ciphertext.h"
#include "domain/key.h"
#include "ports/crypto_engine.h"
#include "ports/random_source.h"

namespace kmaas::core {

// The blob of `plaintext` under `material`, bound to the encryption context.
Result<Bytes> SealMessage(ports::CryptoEngine& engine, ports::RandomSource& random,
                          const domain::KeyMaterial& material, ByteView plaintext,
                          const domain::EncryptionContext& context, Deadline deadline);

// kInvalidCiphertext, with no more than that, for a wrong context, a changed byte or another key's
// blob.
Result<SecretBytes> OpenMessage(ports::CryptoEngine& engine, const domain::KeyMaterial& material,
                                const domain::CiphertextBlob& blob,
                                const domain::EncryptionContext& context, Deadline deadline);

}  // namespace kmaas::core
