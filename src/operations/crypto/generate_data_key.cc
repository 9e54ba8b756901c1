// GenerateDataKey: a data key in plaintext and under a CMK.
#include "core/recipient.h"
#include "operations/crypto/cipher.h"
#include "operations/crypto/data_key.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::GenerateDataKeyResponse> GenerateDataKey(const kms::GenerateDataKeyRequest& request,
                                                     KeyCall& call) {
  KM_TRY(const std::size_t size, DataKeyBytes(request));
  KM_TRY(const DataKey made, MakeDataKey(call, size, ContextOf(request.encryption_context())));
  kms::GenerateDataKeyResponse reply;
  reply.set_ciphertext_blob(made.sealed.blob.data(), made.sealed.blob.size());
  KM_CHECK(core::DeliverSecret(call, made.plaintext.view(), reply,
                               &kms::GenerateDataKeyResponse::mutable_plaintext));
  reply.set_key_id(call.key().arn());
  // As AWS documents.
  if (call.recipient() == nullptr) reply.set_key_material_id(made.sealed.material_id.ToText());
  return reply;
}

}  // namespace kmaas::operations
