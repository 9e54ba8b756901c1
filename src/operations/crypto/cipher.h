// Encryption under whatever kind of key there is: symmetric keys, and RSA keys by OAEP.
#pragma once

#include <google/protobuf/map.h>

#include <optional>
#include <string>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/call.h"
#include "domain/ciphertext.h"

namespace kmaas::operations {

domain::EncryptionContext ContextOf(const google::protobuf::Map<std::string, std::string>& context);

// kValidation: a member that only a dry run may leave out.
Result<void> RequireCiphertext(bool present);

// How one target of a call encrypts, checked against its key.
struct Cipher {
  domain::EncryptionAlgorithm algorithm = domain::EncryptionAlgorithm::kSymmetricDefault;
  domain::EncryptionContext context = {};
  std::size_t target = 0;
};

// `algorithm` empty: the default. kInvalidKeyUsage when the key has no such algorithm, kValidation
// for an encryption context that an RSA key would leave unprotected.
Result<Cipher> CipherFor(const std::string& algorithm, domain::EncryptionContext context,
                         const core::KeyCall& call, std::size_t target = 0);

struct Encrypted {
  Bytes blob;
  std::optional<domain::MaterialId> material_id;  // of a symmetric key
};
// kValidation, in AWS's words, for more than the algorithm can hold.
Result<Encrypted> EncryptUnder(core::KeyCall& call, const Cipher& cipher, ByteView plaintext);

struct Decrypted {
  SecretBytes plaintext;
  std::optional<domain::MaterialId> material_id;  // of a symmetric key
};
// kIncorrectKey when the blob names another key than the target, kInvalidCiphertext for everything
// else that is wrong with it.
Result<Decrypted> DecryptUnder(core::KeyCall& call, const Cipher& cipher, ByteView blob);

}  // namespace kmaas::operations
