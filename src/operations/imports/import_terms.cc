#include "operations/imports/import_terms.h"

#include <chrono>
#include <cmath>

#include "base/limits.h"

namespace kmaas::operations {
namespace {

using Request = ::kmaas::kms::v1::ImportKeyMaterialRequest;

Error Invalid(std::string message) { return {ErrorCode::kValidation, std::move(message)}; }

Result<WallTime> ReadValidTo(double seconds, WallTime now) {
  // Says no to what is no number, too.
  if (!(seconds > ToEpochSeconds(now))) return Invalid("ValidTo must be in the future.");
  if (seconds > ToEpochSeconds(now + limits::kImportValidityMax))
    return Invalid("ValidTo must not be more than 365 days from now.");
  return FromEpochMillis(static_cast<std::int64_t>(std::ceil(seconds * 1000)));
}

Result<void> ReadExpiration(const Request& request, WallTime now, ImportTerms& terms) {
  if (request.has_expiration_model()) {
    const auto model = domain::FromText<domain::ExpirationModel>(request.expiration_model());
    if (!model) return Invalid("The ExpirationModel is unknown.");
    terms.expiration_model = *model;
  }
  const bool expires = terms.expiration_model == domain::ExpirationModel::kExpires;
  if (expires && !request.has_valid_to())
    return Invalid("A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES");
  if (!expires && request.has_valid_to()) {
    return Invalid(
        "A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE");
  }
  if (!expires) return {};
  KM_TRY(terms.valid_to, ReadValidTo(request.valid_to(), now));
  return {};
}

Result<void> ReadIdentity(const Request& request, ImportTerms& terms) {
  if (request.has_import_type()) {
    terms.type = request.import_type() == "NEW_KEY_MATERIAL" ? ImportType::kNewKeyMaterial
                                                             : ImportType::kExistingKeyMaterial;
  }
  if (request.has_key_material_description())
    terms.description = request.key_material_description();
  if (!request.has_key_material_id()) return {};
  if (terms.type == ImportType::kNewKeyMaterial)
    return Invalid("KeyMaterialId cannot be specified when ImportType is NEW_KEY_MATERIAL.");
  terms.material_id = domain::MaterialId::Parse(request.key_material_id());
  if (!terms.material_id) return Invalid("KeyMaterialId is no id of key material.");
  return {};
}

bool HasMembersOfSymmetricKeys(const Request& request) {
  return request.has_import_type() || request.has_key_material_id() ||
         request.has_key_material_description();
}

}  // namespace

Result<ImportTerms> ReadTerms(const Request& request, const domain::Key& key, WallTime now) {
  if (!IsSymmetricEncryption(key.spec) && HasMembersOfSymmetricKeys(request)) {
    return Error{ErrorCode::kUnsupportedOperation,
                 "ImportType, KeyMaterialId and KeyMaterialDescription are only supported for "
                 "symmetric encryption keys."};
  }
  ImportTerms terms;
  KM_CHECK(ReadExpiration(request, now, terms));
  KM_CHECK(ReadIdentity(request, terms));
  return terms;
}

}  // namespace kmaas::operations
