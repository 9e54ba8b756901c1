// Decrypt: opens a blob under the key that it names.
#include "core/recipient.h"
#include "operations/crypto/symmetric_rules.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::DecryptResponse> Decrypt(const kms::DecryptRequest& request, KeyCall& call) {
  KM_CHECK(RequireCiphertext(request.has_ciphertext_blob()));
  KM_CHECK(CheckAlgorithm(request.encryption_algorithm(), call.key()));
  KM_TRY(const KeyCall::Opened opened,
         call.Open(AsBytes(request.ciphertext_blob()), ContextOf(request.encryption_context())));
  kms::DecryptResponse reply;
  reply.set_key_id(call.key().arn());
  KM_CHECK(core::DeliverSecret(call, opened.plaintext.view(), reply,
                               &kms::DecryptResponse::mutable_plaintext));
  reply.set_encryption_algorithm(kSymmetricDefault);
  // As AWS documents.
  if (call.recipient() == nullptr) reply.set_key_material_id(opened.material_id.ToText());
  return reply;
}

}  // namespace kmaas::operations
