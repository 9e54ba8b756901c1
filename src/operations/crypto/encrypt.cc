// Encrypt: a few bytes under a symmetric or an RSA key.
#include "operations/crypto/cipher.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::EncryptResponse> Encrypt(const kms::EncryptRequest& request, KeyCall& call) {
  KM_TRY(const Cipher cipher,
         CipherFor(request.encryption_algorithm(), ContextOf(request.encryption_context()), call));
  KM_TRY(const Encrypted encrypted, EncryptUnder(call, cipher, AsBytes(request.plaintext())));
  kms::EncryptResponse reply;
  reply.set_ciphertext_blob(encrypted.blob.data(), encrypted.blob.size());
  reply.set_key_id(call.key().arn());
  reply.set_encryption_algorithm(std::string(ToText(cipher.algorithm)));
  return reply;
}

}  // namespace kmaas::operations
