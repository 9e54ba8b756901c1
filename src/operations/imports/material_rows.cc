#include "operations/imports/material_rows.h"

#include "records/due_work.h"
#include "records/every_row.h"

namespace kmaas::operations {

using domain::KeyMaterial;

Result<Materials> MaterialsIn(records::Changes& changes, const domain::Key& key,
                              const std::string& region) {
  return records::EveryRow<KeyMaterial>(changes, records::KeyMaterialsPrefix(region, key.id));
}

Result<std::optional<KeyMaterial>> MaterialIn(records::Changes& changes, const std::string& region,
                                              const KeyMaterial& material) {
  return changes.Get<KeyMaterial>(records::MaterialRow(region, material.key_id, material.id));
}

KeyMaterial Emptied(KeyMaterial material) {
  material.import_state = domain::ImportState::kPendingImport;
  material.dialect = domain::WrapDialect::kNone;
  material.root_generation = 0;
  material.blob.clear();
  material.expiration_model.reset();
  material.valid_to.reset();
  return material;
}

Result<void> PutMaterial(records::Changes& changes, const std::optional<KeyMaterial>& before,
                         const KeyMaterial& after) {
  const std::vector<records::DueWork> due =
      before ? records::DueOf(*before) : std::vector<records::DueWork>();
  KM_CHECK(records::Reschedule(changes, due, records::DueOf(after)));
  return changes.Put(after);
}

Result<void> RemoveMaterial(records::Changes& changes, const KeyMaterial& material) {
  KM_CHECK(records::Reschedule(changes, records::DueOf(material), {}));
  return changes.Delete<KeyMaterial>(
      records::MaterialRow(material.region, material.key_id, material.id));
}

}  // namespace kmaas::operations
