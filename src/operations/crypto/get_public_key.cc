// GetPublicKey: the public half of a key, and what it may be used for.
#include "operations/handlers.h"
#include "operations/keys/algorithm_texts.h"

namespace kmaas::operations {

Result<kms::GetPublicKeyResponse> GetPublicKey(const kms::GetPublicKeyRequest& /*request*/,
                                               KeyCall& call) {
  const domain::Key& key = call.key();
  const std::string spec(ToText(key.spec));
  if (!IsAsymmetric(key.spec)) {
    return Error{ErrorCode::kUnsupportedOperation,
                 key.arn() + " key spec is " + spec + " which is not valid for GetPublicKey."};
  }
  KM_TRY(const KeyCall::Usable current, call.Current());
  const Bytes& public_key = current.material->public_key;
  kms::GetPublicKeyResponse reply;
  reply.set_key_id(key.arn());
  reply.set_public_key(public_key.data(), public_key.size());
  reply.set_customer_master_key_spec(spec);
  reply.set_key_spec(spec);
  reply.set_key_usage(std::string(ToText(key.usage)));
  AddTexts(EncryptionAlgorithms(key.spec, key.usage), *reply.mutable_encryption_algorithms());
  AddTexts(SigningAlgorithms(key.spec, key.usage), *reply.mutable_signing_algorithms());
  AddTexts(KeyAgreementAlgorithms(key.spec, key.usage), *reply.mutable_key_agreement_algorithms());
  return reply;
}

}  // namespace kmaas::operations
