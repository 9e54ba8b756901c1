// Decrypt: opens a blob under the key that it names, or that the caller names.
#include "core/recipient.h"
#include "operations/crypto/cipher.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::DecryptResponse> Decrypt(const kms::DecryptRequest& request, KeyCall& call) {
  KM_CHECK(RequireCiphertext(request.has_ciphertext_blob()));
  KM_TRY(const Cipher cipher,
         CipherFor(request.encryption_algorithm(), ContextOf(request.encryption_context()), call));
  KM_TRY(const Decrypted decrypted, DecryptUnder(call, cipher, AsBytes(request.ciphertext_blob())));
  kms::DecryptResponse reply;
  reply.set_key_id(call.key().arn());
  KM_CHECK(core::DeliverSecret(call, decrypted.plaintext.view(), reply,
                               &kms::DecryptResponse::mutable_plaintext));
  reply.set_encryption_algorithm(std::string(ToText(cipher.algorithm)));
  // As AWS documents.
  if (decrypted.material_id && call.recipient() == nullptr)
    reply.set_key_material_id(decrypted.material_id->ToText());
  return reply;
}

}  // namespace kmaas::operations
