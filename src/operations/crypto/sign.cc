// Sign: a message or its digest, by a private key that does not leave the HSM.
#include "operations/crypto/message_choice.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::SignResponse> Sign(const kms::SignRequest& request, KeyCall& call) {
  KM_TRY(const ToSign message, ReadMessage(request, call.key()));
  KM_TRY(const KeyCall::Usable current, call.Current());
  KM_TRY(const Bytes signature, current.engine->Sign(*current.material, message.algorithm,
                                                     message.input, call.deadline()));
  kms::SignResponse reply;
  reply.set_key_id(call.key().arn());
  reply.set_signature(signature.data(), signature.size());
  reply.set_signing_algorithm(request.signing_algorithm());
  return reply;
}

}  // namespace kmaas::operations
