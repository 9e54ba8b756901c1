// ReEncrypt: from one key to another without the plaintext leaving the server.
#include "operations/crypto/symmetric_rules.h"
#include "operations/handlers.h"

namespace kmaas::operations {
namespace {

// The order of the rpc's target fields.
constexpr std::size_t kSource = 0;
constexpr std::size_t kDestination = 1;

}  // namespace

Result<kms::ReEncryptResponse> ReEncrypt(const kms::ReEncryptRequest& request, KeyCall& call) {
  KM_CHECK(RequireCiphertext(request.has_ciphertext_blob()));
  KM_CHECK(CheckAlgorithm(request.source_encryption_algorithm(), call.key(kSource)));
  KM_CHECK(CheckAlgorithm(request.destination_encryption_algorithm(), call.key(kDestination)));
  KM_TRY(const KeyCall::Opened opened,
         call.Open(AsBytes(request.ciphertext_blob()),
                   ContextOf(request.source_encryption_context()), kSource));
  KM_TRY(const KeyCall::Sealed sealed,
         call.Seal(opened.plaintext.view(), ContextOf(request.destination_encryption_context()),
                   kDestination));
  kms::ReEncryptResponse reply;
  reply.set_ciphertext_blob(sealed.blob.data(), sealed.blob.size());
  reply.set_source_key_id(call.key(kSource).arn());
  reply.set_key_id(call.key(kDestination).arn());
  reply.set_source_encryption_algorithm(kSymmetricDefault);
  reply.set_destination_encryption_algorithm(kSymmetricDefault);
  reply.set_source_key_material_id(opened.material_id.ToText());
  reply.set_destination_key_material_id(sealed.material_id.ToText());
  return reply;
}

}  // namespace kmaas::operations
