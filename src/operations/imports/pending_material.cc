#include "operations/imports/pending_material.h"

#include "operations/imports/material_rows.h"
#include "operations/regions/related_keys.h"

namespace kmaas::operations {
namespace {

using domain::KeyMaterial;
using domain::KeyMaterialState;

Result<KeyMaterialState> StateAmong(records::Changes& changes,
                                    const std::vector<std::string>& regions,
                                    const KeyMaterial& material) {
  for (const std::string& region : regions) {
    KM_TRY(const std::optional<KeyMaterial> there, MaterialIn(changes, region, material));
    if (!there || there->import_state != domain::ImportState::kImported)
      return KeyMaterialState::kPendingMultiRegionImportAndRotation;
  }
  return KeyMaterialState::kPendingRotation;
}

}  // namespace

bool IsPending(KeyMaterialState state) {
  return state == KeyMaterialState::kPendingRotation ||
         state == KeyMaterialState::kPendingMultiRegionImportAndRotation;
}

Result<void> SettlePending(records::Changes& changes, const domain::Key& key) {
  if (key.origin != domain::KeyOrigin::kExternal) return {};
  const std::vector<std::string> regions = RegionsOf(key);
  for (const std::string& region : regions) {
    KM_TRY(Materials materials, MaterialsIn(changes, key, region));
    for (KeyMaterial& material : materials) {
      if (!IsPending(material.state)) continue;
      KM_TRY(const KeyMaterialState state, StateAmong(changes, regions, material));
      if (material.state == state) continue;
      material.state = state;
      KM_CHECK(changes.Put(material));
    }
  }
  return {};
}

}  // namespace kmaas::operations
