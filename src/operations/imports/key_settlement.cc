#include "operations/imports/key_settlement.h"

#include <algorithm>

#include "domain/multi_region_key.h"
#include "operations/imports/material_rows.h"
#include "operations/imports/pending_material.h"

namespace kmaas::operations {
namespace {

using domain::ImportState;
using domain::KeyMaterial;

bool IsImported(const Materials& own, const domain::MaterialId& id) {
  return std::any_of(own.begin(), own.end(), [&](const KeyMaterial& material) {
    return material.id == id && material.import_state == ImportState::kImported;
  });
}

// A key works only with all the materials that are its own for good; a replica with all that its
// primary key has.
Result<bool> IsComplete(records::Changes& changes, const domain::Key& key, const Materials& own) {
  Materials needed = own;
  if (!Leads(key)) {
    KM_TRY(const Materials primary, MaterialsIn(changes, key, key.multi_region->primary_region));
    needed.insert(needed.end(), primary.begin(), primary.end());
  }
  bool has_any = false;
  for (const KeyMaterial& material : needed) {
    if (IsPending(material.state)) continue;
    if (!IsImported(own, material.id)) return false;
    has_any = true;
  }
  return has_any;
}

void SettleExpiration(domain::Key& key, const Materials& own) {
  key.expiration_model.reset();
  key.valid_to.reset();
  for (const KeyMaterial& material : own) {
    if (IsPending(material.state) || material.import_state != ImportState::kImported) continue;
    if (!key.expiration_model) key.expiration_model = domain::ExpirationModel::kDoesNotExpire;
    if (!material.valid_to) continue;
    key.expiration_model = domain::ExpirationModel::kExpires;
    if (!key.valid_to || *material.valid_to < *key.valid_to) key.valid_to = material.valid_to;
  }
}

void SettleState(domain::KeyState& state, bool complete) {
  using domain::KeyState;
  if (complete && state == KeyState::kPendingImport) state = KeyState::kEnabled;
  if (!complete && (state == KeyState::kEnabled || state == KeyState::kDisabled))
    state = KeyState::kPendingImport;
}

}  // namespace

Result<void> Settle(records::Changes& changes, domain::Key& key) {
  KM_TRY(const Materials own, MaterialsIn(changes, key, key.region));
  for (const KeyMaterial& material : own) {
    if (material.state == domain::KeyMaterialState::kCurrent) key.current_material = material.id;
  }
  SettleExpiration(key, own);
  KM_TRY(const bool complete, IsComplete(changes, key, own));
  SettleState(key.state, complete);
  if (key.state_afterwards) SettleState(*key.state_afterwards, complete);
  return {};
}

}  // namespace kmaas::operations
