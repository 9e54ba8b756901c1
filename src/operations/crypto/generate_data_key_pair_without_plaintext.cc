// GenerateDataKeyPairWithoutPlaintext: a data key pair whose private half is under a CMK only.
#include "operations/crypto/cipher.h"
#include "operations/crypto/data_key_pair.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::GenerateDataKeyPairWithoutPlaintextResponse> GenerateDataKeyPairWithoutPlaintext(
    const kms::GenerateDataKeyPairWithoutPlaintextRequest& request, KeyCall& call) {
  KM_TRY(const DataKeyPair pair,
         MakeDataKeyPair(call, request.key_pair_spec(), ContextOf(request.encryption_context())));
  kms::GenerateDataKeyPairWithoutPlaintextResponse reply;
  reply.set_private_key_ciphertext_blob(pair.sealed.blob.data(), pair.sealed.blob.size());
  reply.set_public_key(pair.public_key.data(), pair.public_key.size());
  reply.set_key_id(call.key().arn());
  reply.set_key_pair_spec(request.key_pair_spec());
  reply.set_key_material_id(pair.sealed.material_id.ToText());
  return reply;
}

}  // namespace kmaas::operations
