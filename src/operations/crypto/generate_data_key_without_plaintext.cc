// GenerateDataKeyWithoutPlaintext: a data key under a CMK only.
#include "operations/crypto/cipher.h"
#include "operations/crypto/data_key.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::GenerateDataKeyWithoutPlaintextResponse> GenerateDataKeyWithoutPlaintext(
    const kms::GenerateDataKeyWithoutPlaintextRequest& request, KeyCall& call) {
  KM_TRY(const std::size_t size, DataKeyBytes(request));
  KM_TRY(const DataKey made, MakeDataKey(call, size, ContextOf(request.encryption_context())));
  kms::GenerateDataKeyWithoutPlaintextResponse reply;
  reply.set_ciphertext_blob(made.sealed.blob.data(), made.sealed.blob.size());
  reply.set_key_id(call.key().arn());
  reply.set_key_material_id(made.sealed.material_id.ToText());
  return reply;
}

}  // namespace kmaas::operations
