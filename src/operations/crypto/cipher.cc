#include "operations/crypto/cipher.h"

#include "crypto/public_key.h"
#include "operations/crypto/algorithm_choice.h"

namespace kmaas::operations {
namespace {

using domain::EncryptionAlgorithm;

Result<Bytes> EncryptByOaep(core::KeyCall& call, const Cipher& cipher, ByteView plaintext) {
  const domain::KeySpec spec = call.key(cipher.target).spec;
  const std::size_t most = PlaintextBytesMax(spec, cipher.algorithm);
  if (plaintext.size() > most) {
    return Error{ErrorCode::kValidation, "Algorithm " + std::string(ToText(cipher.algorithm)) +
                                             " and key spec " + std::string(ToText(spec)) +
                                             " cannot encrypt data larger than " +
                                             std::to_string(most) + " bytes."};
  }
  KM_TRY(const core::KeyCall::Usable current, call.Current(cipher.target));
  const auto key = crypto::PublicKey::Parse(spec, current.material->public_key);
  if (!key) return Error{ErrorCode::kKmsInternal, "", "the public key of a material is none"};
  auto blob = key->Encrypt(cipher.algorithm, plaintext);
  if (!blob) return Error{ErrorCode::kKmsInternal, "", "OAEP encryption failed"};
  return *std::move(blob);
}

}  // namespace

domain::EncryptionContext ContextOf(
    const google::protobuf::Map<std::string, std::string>& context) {
  return {context.begin(), context.end()};
}

Result<void> RequireCiphertext(bool present) {
  if (present) return {};
  return Error{ErrorCode::kValidation,
               "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy "
               "constraint: Member must not be null"};
}

Result<Cipher> CipherFor(const std::string& algorithm, domain::EncryptionContext context,
                         const core::KeyCall& call, std::size_t target) {
  const std::string chosen(algorithm.empty() ? ToText(EncryptionAlgorithm::kSymmetricDefault)
                                             : std::string_view(algorithm));
  KM_TRY(const auto known, AlgorithmFor<EncryptionAlgorithm>(chosen, call.key(target)));
  if (known != EncryptionAlgorithm::kSymmetricDefault && !context.empty()) {
    return Error{ErrorCode::kValidation,
                 "EncryptionContext is not supported with asymmetric KMS keys."};
  }
  return Cipher{known, std::move(context), target};
}

Result<Encrypted> EncryptUnder(core::KeyCall& call, const Cipher& cipher, ByteView plaintext) {
  if (cipher.algorithm == EncryptionAlgorithm::kSymmetricDefault) {
    KM_TRY(core::KeyCall::Sealed sealed, call.Seal(plaintext, cipher.context, cipher.target));
    return Encrypted{std::move(sealed.blob), sealed.material_id};
  }
  KM_TRY(Bytes blob, EncryptByOaep(call, cipher, plaintext));
  return Encrypted{std::move(blob), std::nullopt};
}

Result<Decrypted> DecryptUnder(core::KeyCall& call, const Cipher& cipher, ByteView blob) {
  if (cipher.algorithm == EncryptionAlgorithm::kSymmetricDefault) {
    KM_TRY(core::KeyCall::Opened opened, call.Open(blob, cipher.context, cipher.target));
    return Decrypted{std::move(opened.plaintext), opened.material_id};
  }
  KM_TRY(const core::KeyCall::Usable current, call.Current(cipher.target));
  KM_TRY(SecretBytes plaintext,
         current.engine->DecryptRsa(*current.material, cipher.algorithm, blob, call.deadline()));
  return Decrypted{std::move(plaintext), std::nullopt};
}

}  // namespace kmaas::operations
