// On what terms material is imported: the members of ImportKeyMaterial that are about time and
// about which material it is.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "domain/key.h"
#include "kmaas/kms/v1/kms.pb.h"

namespace kmaas::operations {

enum class ImportType { kNewKeyMaterial, kExistingKeyMaterial };

struct ImportTerms {
  domain::ExpirationModel expiration_model = domain::ExpirationModel::kExpires;
  std::optional<WallTime> valid_to = {};  // set exactly with kExpires
  std::optional<ImportType> type = {};
  std::optional<domain::MaterialId> material_id = {};  // that the material must turn out to have
  std::optional<std::string> description = {};         // nothing: the one that it had
};

// kValidation for terms that contradict each other, or a date that is not within the coming 365
// days; kUnsupportedOperation for members that only symmetric encryption keys have.
Result<ImportTerms> ReadTerms(const ::kmaas::kms::v1::ImportKeyMaterialRequest& request,
                              const domain::Key& key, WallTime now);

}  // namespace kmaas::operations
