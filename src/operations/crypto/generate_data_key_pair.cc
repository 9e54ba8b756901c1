// GenerateDataKeyPair: a data key pair in plaintext, its private half also under a CMK.
#include "core/recipient.h"
#include "operations/crypto/cipher.h"
#include "operations/crypto/data_key_pair.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::GenerateDataKeyPairResponse> GenerateDataKeyPair(
    const kms::GenerateDataKeyPairRequest& request, KeyCall& call) {
  KM_TRY(const DataKeyPair pair,
         MakeDataKeyPair(call, request.key_pair_spec(), ContextOf(request.encryption_context())));
  kms::GenerateDataKeyPairResponse reply;
  reply.set_private_key_ciphertext_blob(pair.sealed.blob.data(), pair.sealed.blob.size());
  KM_CHECK(core::DeliverSecret(call, pair.private_key.view(), reply,
                               &kms::GenerateDataKeyPairResponse::mutable_private_key_plaintext));
  reply.set_public_key(pair.public_key.data(), pair.public_key.size());
  reply.set_key_id(call.key().arn());
  reply.set_key_pair_spec(request.key_pair_spec());
  reply.set_key_material_id(pair.sealed.material_id.ToText());
  return reply;
}

}  // namespace kmaas::operations
