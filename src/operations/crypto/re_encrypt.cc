// ReEncrypt: from one key to another without the plaintext leaving the server.
#include "operations/crypto/cipher.h"
#include "operations/handlers.h"

namespace kmaas::operations {
namespace {

// The order of the rpc's target fields.
constexpr std::size_t kSource = 0;
constexpr std::size_t kDestination = 1;

}  // namespace

Result<kms::ReEncryptResponse> ReEncrypt(const kms::ReEncryptRequest& request, KeyCall& call) {
  KM_CHECK(RequireCiphertext(request.has_ciphertext_blob()));
  KM_TRY(const Cipher source,
         CipherFor(request.source_encryption_algorithm(),
                   ContextOf(request.source_encryption_context()), call, kSource));
  KM_TRY(const Cipher destination,
         CipherFor(request.destination_encryption_algorithm(),
                   ContextOf(request.destination_encryption_context()), call, kDestination));
  KM_TRY(const Decrypted decrypted, DecryptUnder(call, source, AsBytes(request.ciphertext_blob())));
  KM_TRY(const Encrypted encrypted, EncryptUnder(call, destination, decrypted.plaintext.view()));
  kms::ReEncryptResponse reply;
  reply.set_ciphertext_blob(encrypted.blob.data(), encrypted.blob.size());
  reply.set_source_key_id(call.key(kSource).arn());
  reply.set_key_id(call.key(kDestination).arn());
  reply.set_source_encryption_algorithm(std::string(ToText(source.algorithm)));
  reply.set_destination_encryption_algorithm(std::string(ToText(destination.algorithm)));
  if (decrypted.material_id) reply.set_source_key_material_id(decrypted.material_id->ToText());
  if (encrypted.material_id) reply.set_destination_key_material_id(encrypted.material_id->ToText());
  return reply;
}

}  // namespace kmaas::operations
