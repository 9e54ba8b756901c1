// Decrypt: opens a blob under the key that it names, or that the caller names.
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
  reply.set_plaintext(decrypted.plaintext.view().data(), decrypted.plaintext.size());
  reply.set_encryption_algorithm(std::string(ToText(cipher.algorithm)));
  if (decrypted.material_id) reply.set_key_material_id(decrypted.material_id->ToText());
  return reply;
}

}  // namespace kmaas::operations
