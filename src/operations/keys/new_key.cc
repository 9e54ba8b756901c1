#include "operations/keys/new_key.h"

#include "operations/keys/state_in_store.h"

namespace kmaas::operations {
namespace {

namespace kms = ::kmaas::kms::v1;

constexpr std::string_view kSymmetric = "SYMMETRIC_DEFAULT";

Error Invalid(std::string message) { return {ErrorCode::kValidation, std::move(message)}; }
Error Unsupported(std::string message) {
  return {ErrorCode::kUnsupportedOperation, std::move(message)};
}

Result<std::string> SpecText(const kms::CreateKeyRequest& request) {
  if (request.has_key_spec() && request.has_customer_master_key_spec()) {
    return Invalid(
        "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. "
        "CustomerMasterKeySpec is deprecated.");
  }
  if (request.has_key_spec()) return request.key_spec();
  if (request.has_customer_master_key_spec()) return request.customer_master_key_spec();
  return std::string(kSymmetric);
}

Result<void> ReadKind(const kms::CreateKeyRequest& request, domain::Key& key) {
  KM_TRY(const std::string text, SpecText(request));
  if (text != kSymmetric && !request.has_key_usage()) {
    return Invalid(
        "You must specify a KeyUsage value for all KMS keys except for symmetric encryption "
        "keys.");
  }
  const auto spec = domain::FromText<domain::KeySpec>(text);
  if (!spec) return Unsupported("KeySpec " + text + " is not supported by this server.");
  key.spec = *spec;
  if (!request.has_key_usage()) return {};
  const auto usage = domain::FromText<domain::KeyUsage>(request.key_usage());
  if (!usage || !Admits(*spec, *usage))
    return Invalid("KeyUsage " + request.key_usage() + " is not compatible with KeySpec " + text);
  key.usage = *usage;
  return {};
}

Result<void> ReadOrigin(const kms::CreateKeyRequest& request, domain::Key& key) {
  if (request.has_origin()) {
    const auto origin = domain::FromText<domain::KeyOrigin>(request.origin());
    if (!origin)
      return Unsupported("Origin " + request.origin() + " is not supported by this server.");
    key.origin = *origin;
  }
  if (request.has_xks_key_id())
    return Unsupported("External key stores are not supported by this server.");
  const bool in_store = key.origin == domain::KeyOrigin::kAwsCloudHsm;
  if (in_store && !request.has_custom_key_store_id())
    return Invalid("You must specify a CustomKeyStoreId value when the Origin is AWS_CLOUDHSM.");
  if (!in_store && request.has_custom_key_store_id())
    return Invalid("CustomKeyStoreId is not compatible with Origin " +
                   std::string(ToText(key.origin)));
  if (!in_store) return {};
  if (!IsSymmetricEncryption(key.spec) || request.multi_region())
    return Unsupported("Custom key stores have symmetric encryption keys of one Region only.");
  key.custom_key_store_id = request.custom_key_store_id();
  return {};
}

Result<void> CheckStore(const domain::Key& key, const core::Services& services) {
  if (key.custom_key_store_id.empty()) return {};
  KM_TRY(const auto store, services.catalog.Find<domain::CustomKeyStore>(records::CustomKeyStoreRow(
                               key.account, key.region, key.custom_key_store_id)));
  if (store == nullptr) return Error{ErrorCode::kCustomKeyStoreNotFound, ""};
  if (store->connection_state != domain::ConnectionState::kConnected)
    return Error{ErrorCode::kCustomKeyStoreInvalidState, ""};
  return {};
}

// Keys of a store do not exist outside of its token.
Result<domain::Custody> CustodyOf(const domain::Key& key, const core::Services& services) {
  const domain::Custody wished =
      key.custom_key_store_id.empty() ? services.default_custody : domain::Custody::kResident;
  auto engine = services.EngineFor(key);
  if (!engine) return OfStore(std::move(engine).error());
  return (*engine)->CustodyFor(key.spec, key.usage, wished);
}

}  // namespace

Result<domain::Key> PlanKey(const kms::CreateKeyRequest& request, const core::AccountCall& call) {
  const core::Services& services = call.services();
  domain::Key key;
  KM_CHECK(ReadKind(request, key));
  KM_CHECK(ReadOrigin(request, key));
  key.account = call.principal().account;
  key.region = call.region();
  KM_CHECK(CheckStore(key, services));
  KM_TRY(key.custody, CustodyOf(key, services));
  std::array<std::uint8_t, 16> id_bits{};
  services.random.Fill(id_bits);
  key.id = domain::KeyId::FromRandom(id_bits, request.multi_region());
  if (request.multi_region()) key.multi_region = domain::MultiRegion{call.region(), {}};
  key.description = request.description();
  key.created = call.now();
  if (key.origin == domain::KeyOrigin::kExternal) key.state = domain::KeyState::kPendingImport;
  return key;
}

}  // namespace kmaas::operations
