// CreateCustomKeyStore: a store for keys that never leave a token of their own. Not connected yet.
#include "base/encoding.h"
#include "identity/sealed_secrets.h"
#include "operations/handlers.h"
#include "operations/key_stores/key_store_rules.h"
#include "records/every_row.h"

namespace kmaas::operations {
namespace {

constexpr std::size_t kIdDigits = 17;

Result<void> CheckMembers(const kms::CreateCustomKeyStoreRequest& request) {
  if (request.has_custom_key_store_type() &&
      !domain::FromText<domain::CustomKeyStoreType>(request.custom_key_store_type()))
    return Error{ErrorCode::kUnsupportedOperation,
                 "External key stores are not supported by this server."};
  KM_CHECK(CheckNoXksMember(request));
  if (!request.has_cloud_hsm_cluster_id() || !request.has_key_store_password() ||
      !request.has_trust_anchor_certificate())
    return Error{ErrorCode::kValidation,
                 "CloudHsmClusterId, KeyStorePassword and TrustAnchorCertificate are required for "
                 "a custom key store of the type AWS_CLOUDHSM."};
  return {};
}

Result<void> CheckTrustAnchor(const std::string& given, const ports::KeyStoreToken& token) {
  const std::string& expected = token.trust_anchor.empty() ? given : token.trust_anchor;
  if (IsSameCertificate(given, expected)) return {};
  return Error{ErrorCode::kIncorrectTrustAnchor,
               "The trust anchor certificate is not that of the cluster."};
}

std::string NewId(ports::RandomSource& random) {
  std::array<std::uint8_t, kIdDigits / 2 + 1> bits{};
  random.Fill(bits);
  return "cks-" + HexEncode(bits).substr(0, kIdDigits);
}

Result<void> CheckRoom(records::Changes& changes, const domain::CustomKeyStore& store) {
  KM_TRY(const auto stores,
         records::EveryRow<domain::CustomKeyStore>(
             changes, records::CustomKeyStoresPrefix(store.account, store.region)));
  if (stores.size() < kCustomKeyStoresMax) return {};
  return Error{ErrorCode::kLimitExceeded,
               "The limit of " + std::to_string(kCustomKeyStoresMax) +
                   " custom key stores in an account and Region has been reached."};
}

}  // namespace

Result<kms::CreateCustomKeyStoreResponse> CreateCustomKeyStore(
    const kms::CreateCustomKeyStoreRequest& request, AccountCall& call) {
  const core::Services& services = call.services();
  KM_CHECK(CheckMembers(request));
  KM_TRY(const ports::KeyStoreToken token, TokenOf(call, request.cloud_hsm_cluster_id()));
  KM_CHECK(CheckTrustAnchor(request.trust_anchor_certificate(), token));
  domain::CustomKeyStore store{.id = NewId(services.random),
                               .account = call.principal().account,
                               .region = call.region(),
                               .name = request.custom_key_store_name(),
                               .cloud_hsm_cluster_id = request.cloud_hsm_cluster_id(),
                               .trust_anchor_certificate = request.trust_anchor_certificate(),
                               .token_label = token.label,
                               .token_serial = {},
                               .sealed_password = {},
                               .created = call.now()};
  const SecretBytes password(AsBytes(request.key_store_password()));
  identity::SealedSecrets secrets(services.engine, services.random);
  KM_TRY(store.sealed_password, secrets.Seal(store, password, call.deadline()));
  call.SetResponseElements(R"({"customKeyStoreId":")" + store.id + R"("})");
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_CHECK(CheckNameIsFree(changes, store));
    KM_CHECK(CheckClusterIsFree(changes, store));
    KM_CHECK(CheckRoom(changes, store));
    return changes.Put(store);
  }));
  kms::CreateCustomKeyStoreResponse reply;
  reply.set_custom_key_store_id(store.id);
  return reply;
}

}  // namespace kmaas::operations
