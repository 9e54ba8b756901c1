// GenerateRandom: bytes from the HSM's random generator.
#include "core/recipient.h"
#include "operations/handlers.h"
#include "operations/key_stores/key_store_rules.h"

namespace kmaas::operations {
namespace {

// Of the token that the request names, or of the service's own.
Result<std::shared_ptr<ports::CryptoEngine>> EngineOf(const kms::GenerateRandomRequest& request,
                                                      const AccountCall& call) {
  const core::Services& services = call.services();
  if (!request.has_custom_key_store_id()) return services.EngineFor(domain::Key());
  KM_TRY(const auto store, FindStore(call, request.custom_key_store_id()));
  KM_CHECK(CheckConnectionState(*store, {domain::ConnectionState::kConnected}));
  return services.EngineFor(domain::Key{.custom_key_store_id = store->id});
}

}  // namespace

Result<kms::GenerateRandomResponse> GenerateRandom(const kms::GenerateRandomRequest& request,
                                                   AccountCall& call) {
  if (!request.has_number_of_bytes())
    return Error{ErrorCode::kValidation, "NumberOfBytes is required."};
  SecretBytes random(static_cast<std::size_t>(request.number_of_bytes()));
  KM_TRY(const auto engine, EngineOf(request, call));
  KM_CHECK(engine->GenerateRandom(random.span(), call.deadline()));
  kms::GenerateRandomResponse reply;
  KM_CHECK(core::DeliverSecret(call, random.view(), reply,
                               &kms::GenerateRandomResponse::mutable_plaintext));
  return reply;
}

}  // namespace kmaas::operations
