// GenerateRandom: bytes from the HSM's random generator.
#include "core/recipient.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::GenerateRandomResponse> GenerateRandom(const kms::GenerateRandomRequest& request,
                                                   AccountCall& call) {
  if (request.has_custom_key_store_id()) {
    return Error{ErrorCode::kUnsupportedOperation,
                 "Custom key stores are not supported by this server."};
  }
  if (!request.has_number_of_bytes())
    return Error{ErrorCode::kValidation, "NumberOfBytes is required."};
  SecretBytes random(static_cast<std::size_t>(request.number_of_bytes()));
  KM_CHECK(call.services().engine.GenerateRandom(random.span(), call.deadline()));
  kms::GenerateRandomResponse reply;
  KM_CHECK(core::DeliverSecret(call, random.view(), reply,
                               &kms::GenerateRandomResponse::mutable_plaintext));
  return reply;
}

}  // namespace kmaas::operations
