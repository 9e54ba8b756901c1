// Verify: a signature, by the public half of a key, which needs no HSM. What does not verify is an
// error: SignatureValid is never false.
#include "crypto/public_key.h"
#include "operations/crypto/message_choice.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::VerifyResponse> Verify(const kms::VerifyRequest& request, KeyCall& call) {
  KM_TRY(const ToSign message, ReadMessage(request, call.key()));
  KM_TRY(const KeyCall::Usable current, call.Current());
  const auto key = crypto::PublicKey::Parse(call.key().spec, current.material->public_key);
  if (!key) return Error{ErrorCode::kKmsInternal, "", "the public key of a material is none"};
  if (!key->Verify(message.algorithm, message.input, AsBytes(request.signature())))
    return Error{ErrorCode::kKmsInvalidSignature, ""};
  kms::VerifyResponse reply;
  reply.set_key_id(call.key().arn());
  reply.set_signature_valid(true);
  reply.set_signing_algorithm(request.signing_algorithm());
  return reply;
}

}  // namespace kmaas::operations
