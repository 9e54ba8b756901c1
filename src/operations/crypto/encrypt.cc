// Encrypt: up to 4096 bytes under a symmetric CMK.
#include "operations/crypto/symmetric_rules.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::EncryptResponse> Encrypt(const kms::EncryptRequest& request, KeyCall& call) {
  KM_CHECK(CheckAlgorithm(request.encryption_algorithm(), call.key()));
  KM_TRY(const KeyCall::Sealed sealed,
         call.Seal(AsBytes(request.plaintext()), ContextOf(request.encryption_context())));
  kms::EncryptResponse reply;
  reply.set_ciphertext_blob(sealed.blob.data(), sealed.blob.size());
  reply.set_key_id(call.key().arn());
  reply.set_encryption_algorithm(kSymmetricDefault);
  return reply;
}

}  // namespace kmaas::operations
