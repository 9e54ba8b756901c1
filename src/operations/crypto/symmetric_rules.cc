#include "operations/crypto/symmetric_rules.h"

namespace kmaas::operations {

domain::EncryptionContext ContextOf(
    const google::protobuf::Map<std::string, std::string>& context) {
  return {context.begin(), context.end()};
}

Result<void> CheckAlgorithm(const std::string& algorithm, const domain::Key& key) {
  const std::string chosen = algorithm.empty() ? kSymmetricDefault : algorithm;
  if (chosen == kSymmetricDefault && domain::IsSymmetricEncryption(key.spec)) return {};
  return Error{ErrorCode::kInvalidKeyUsage, "Algorithm " + chosen +
                                                " is incompatible with key spec " +
                                                std::string(ToText(key.spec)) + "."};
}

Result<void> RequireCiphertext(bool present) {
  if (present) return {};
  return Error{ErrorCode::kValidation,
               "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy "
               "constraint: Member must not be null"};
}

Result<DataKey> MakeDataKey(core::KeyCall& call, std::size_t size,
                            const domain::EncryptionContext& context) {
  KM_CHECK(CheckAlgorithm(kSymmetricDefault, call.key()));
  DataKey made{SecretBytes(size), {}};
  KM_CHECK(call.services().engine.GenerateRandom(made.plaintext.span(), call.deadline()));
  KM_TRY(made.sealed, call.Seal(made.plaintext.view(), context));
  return made;
}

}  // namespace kmaas::operations
