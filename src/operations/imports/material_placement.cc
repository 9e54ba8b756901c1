#include "operations/imports/material_placement.h"

#include <algorithm>

#include "domain/multi_region_key.h"
#include "operations/imports/key_settlement.h"
#include "operations/imports/material_rows.h"
#include "operations/imports/pending_material.h"

namespace kmaas::operations {
namespace {

using domain::ImportState;
using domain::KeyMaterial;
using domain::KeyMaterialState;

Error Incorrect(std::string message) {
  return {ErrorCode::kIncorrectKeyMaterial, std::move(message)};
}

void ApplyTerms(const ImportTerms& terms, KeyMaterial& material) {
  material.import_state = ImportState::kImported;
  material.expiration_model = terms.expiration_model;
  material.valid_to = terms.valid_to;
  if (terms.description) material.description = *terms.description;
}

// The place in the token or the database may be another; everything else it has already.
KeyMaterial ImportedAgain(const KeyMaterial& known, const KeyMaterial& arrived) {
  KeyMaterial material = known;
  material.custody = arrived.custody;
  material.dialect = arrived.dialect;
  material.root_generation = arrived.root_generation;
  material.length_bytes = arrived.length_bytes;
  material.blob = arrived.blob;
  material.public_key = arrived.public_key;
  return material;
}

// The state of material that the key has never had.
Result<KeyMaterialState> StateOfNew(const domain::Key& key, const Materials& own,
                                    const KeyMaterial& arrived) {
  const bool is_first = std::none_of(own.begin(), own.end(), [](const KeyMaterial& material) {
    return !IsPending(material.state);
  });
  if (is_first) return KeyMaterialState::kCurrent;
  const auto waiting = std::find_if(own.begin(), own.end(), [](const KeyMaterial& material) {
    return IsPending(material.state);
  });
  if (waiting != own.end()) {
    return Error{ErrorCode::kKmsInvalidState, "New key material (id: " + arrived.id.ToText() +
                                                  ") cannot be imported into KMS key " + key.arn() +
                                                  ", because another key material (id: " +
                                                  waiting->id.ToText() + ") is pending rotation."};
  }
  return HasReplicas(key) ? KeyMaterialState::kPendingMultiRegionImportAndRotation
                          : KeyMaterialState::kPendingRotation;
}

Result<KeyMaterial> AsNew(const domain::Key& key, const ImportTerms& terms, const Materials& own,
                          const KeyMaterial& arrived) {
  const ImportType type = terms.type.value_or(own.empty() ? ImportType::kNewKeyMaterial
                                                          : ImportType::kExistingKeyMaterial);
  if (type != ImportType::kNewKeyMaterial)
    return Incorrect("The key material is not one that was imported into this key before.");
  KeyMaterial material = arrived;
  KM_TRY(material.state, StateOfNew(key, own, arrived));
  return material;
}

// As the primary key has it, whose row it takes over but for what is of this Region.
Result<KeyMaterial> AsReplicated(records::Changes& changes, const domain::Key& key,
                                 const ImportTerms& terms, const KeyMaterial& arrived) {
  KM_TRY(const std::optional<KeyMaterial> primary,
         MaterialIn(changes, key.multi_region->primary_region, arrived));
  if (!primary || terms.type == ImportType::kNewKeyMaterial)
    return Incorrect("A replica key takes only the key material of its primary key.");
  KeyMaterial material = ImportedAgain(*primary, arrived);
  material.region = key.region;
  material.created = arrived.created;
  return material;
}

}  // namespace

Result<void> Place(records::Changes& changes, domain::Key& key, const ImportTerms& terms,
                   const KeyMaterial& arrived) {
  if (terms.material_id && *terms.material_id != arrived.id)
    return Incorrect("The key material is not the one that KeyMaterialId names.");
  KM_TRY(const Materials own, MaterialsIn(changes, key, key.region));
  KM_TRY(const std::optional<KeyMaterial> known, MaterialIn(changes, key.region, arrived));
  KeyMaterial material;
  if (known && terms.type == ImportType::kNewKeyMaterial)
    return Incorrect("The key material was imported into this key before.");
  if (known) {
    material = ImportedAgain(*known, arrived);
  } else if (!Leads(key)) {
    KM_TRY(material, AsReplicated(changes, key, terms, arrived));
  } else {
    KM_TRY(material, AsNew(key, terms, own, arrived));
  }
  ApplyTerms(terms, material);
  KM_CHECK(PutMaterial(changes, known, material));
  KM_CHECK(SettlePending(changes, key));
  return Settle(changes, key);
}

}  // namespace kmaas::operations
