// DeriveSharedSecret: ECDH with a peer's public key. The secret is raw: deriving keys from it is
// the caller's.
#include "core/recipient.h"
#include "operations/crypto/algorithm_choice.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::DeriveSharedSecretResponse> DeriveSharedSecret(
    const kms::DeriveSharedSecretRequest& request, KeyCall& call) {
  KM_CHECK(
      AlgorithmFor<domain::KeyAgreementAlgorithm>(request.key_agreement_algorithm(), call.key()));
  KM_TRY(const KeyCall::Usable current, call.Current());
  KM_TRY(const SecretBytes secret,
         current.engine->AgreeSecret(*current.material, AsBytes(request.public_key()),
                                     call.deadline()));
  kms::DeriveSharedSecretResponse reply;
  reply.set_key_id(call.key().arn());
  KM_CHECK(core::DeliverSecret(call, secret.view(), reply,
                               &kms::DeriveSharedSecretResponse::mutable_shared_secret));
  reply.set_key_agreement_algorithm(request.key_agreement_algorithm());
  reply.set_key_origin(std::string(ToText(call.key().origin)));
  return reply;
}

}  // namespace kmaas::operations
