#include "operations/imports/material_destruction.h"

#include <algorithm>

#include "domain/multi_region_key.h"
#include "operations/imports/key_settlement.h"
#include "operations/imports/material_rows.h"
#include "operations/imports/material_turn.h"
#include "operations/imports/pending_material.h"
#include "operations/regions/related_keys.h"

namespace kmaas::operations {
namespace {

using domain::KeyMaterial;

Error NoSuchMaterial(const domain::Key& key, const domain::MaterialId& id) {
  return {ErrorCode::kNotFound,
          "Key material '" + id.ToText() + "' of key '" + key.arn() + "' does not exist"};
}

// Takes it out of the store: a pending one with all that was known of it, in all Regions where the
// primary key loses it; of the others the row stays, empty, until the next import.
Result<void> Withdraw(records::Changes& changes, domain::Key& key, const KeyMaterial& material) {
  if (IsPending(material.state) && Leads(key)) {
    for (const std::string& region : RegionsOf(key)) {
      KM_TRY(const std::optional<KeyMaterial> there, MaterialIn(changes, region, material));
      if (there) KM_CHECK(RemoveMaterial(changes, *there));
    }
    return Settle(changes, key);
  }
  KM_CHECK(PutMaterial(changes, material, Emptied(material)));
  KM_CHECK(SettlePending(changes, key));
  return Settle(changes, key);
}

// A pending one that the primary key loses goes everywhere.
Result<bool> IsNeededElsewhere(records::Catalog& catalog, const domain::Key& key,
                               const KeyMaterial& material) {
  if (Leads(key) && IsPending(material.state)) return false;
  return IsHeldInAnotherRegion(catalog, key, material.id);
}

// In the store first. The record of it is that of the destruction which follows.
Result<void> EndItsTime(core::KeyCall& call, const KeyMaterial& material,
                        const MaterialCheck& check) {
  return call.services().catalog.Write(
      [&](records::Changes& changes) -> Result<void> {
        KM_TRY(const std::optional<KeyMaterial> current,
               MaterialIn(changes, material.region, material));
        KM_TRY(std::optional<domain::Key> key,
               changes.Get<domain::Key>(records::KeyRow(material.region, material.key_id)));
        if (!current || !key) return NoSuchMaterial(call.key(), material.id);
        KM_CHECK(check(*current));
        KeyMaterial ended = *current;
        ended.expiration_model = domain::ExpirationModel::kExpires;
        ended.valid_to = std::min(current->valid_to.value_or(call.now()), call.now());
        KM_CHECK(PutMaterial(changes, current, ended));
        KM_CHECK(Settle(changes, *key));
        return changes.Put(*key);
      },
      call.deadline());
}

// First the object of the token, then the row: what is answered as destroyed is. The key is read
// again: while the call waited for its turn, another Region may have become that of the primary.
Result<void> DestroyObject(core::KeyCall& call, ports::CryptoEngine& engine,
                           const KeyMaterial& material, const MaterialCheck& check) {
  if (material.custody != domain::Custody::kResident ||
      material.import_state != domain::ImportState::kImported)
    return {};
  records::Catalog& catalog = call.services().catalog;
  KM_TRY(const auto key,
         catalog.Find<domain::Key>(records::KeyRow(material.region, material.key_id)));
  if (key == nullptr) return NoSuchMaterial(call.key(), material.id);
  KM_TRY(const bool needed, IsNeededElsewhere(catalog, *key, material));
  if (needed) return {};
  KM_CHECK(EndItsTime(call, material, check));
  return engine.DestroyMaterial(material, call.deadline());
}

}  // namespace

Result<void> DestroyImportedMaterial(core::KeyCall& call, const domain::MaterialId& id,
                                     const MaterialCheck& check) {
  const domain::Key& key = call.key();
  const std::string row = records::MaterialRow(key.region, key.id, id);
  KM_TRY(const auto turn, TakeTurn(key, call.services().clock, call.deadline()));
  KM_TRY(const auto material, call.services().catalog.Find<KeyMaterial>(row));
  if (material == nullptr) return NoSuchMaterial(key, id);
  KM_CHECK(check(*material));
  KM_TRY(const auto engine, call.services().EngineFor(key));
  KM_CHECK(DestroyObject(call, *engine, *material, check));
  NameRelatedKeys(call, key);
  const Result<void> written =
      call.WriteKey([&](domain::Key& stored, records::Changes& changes) -> Result<void> {
        KM_TRY(const std::optional<KeyMaterial> current, changes.Get<KeyMaterial>(row));
        if (!current) return NoSuchMaterial(key, id);
        KM_CHECK(check(*current));
        return Withdraw(changes, stored, *current);
      });
  // What the token has loaded opens nothing without the row; a token that does not answer now has
  // forgotten it when it does.
  if (call.committed() && material->custody != domain::Custody::kResident)
    (void)engine->DestroyMaterial(*material, call.deadline());
  return written;
}

}  // namespace kmaas::operations
