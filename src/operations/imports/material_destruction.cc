#include "operations/imports/material_destruction.h"

#include "operations/imports/key_settlement.h"
#include "operations/imports/material_rows.h"
#include "operations/imports/material_turn.h"
#include "operations/regions/related_keys.h"

namespace kmaas::operations {
namespace {

using domain::KeyMaterial;

Error NoSuchMaterial(const domain::Key& key, const domain::MaterialId& id) {
  return {ErrorCode::kNotFound,
          "Key material '" + id.ToText() + "' of key '" + key.arn() + "' does not exist"};
}

Result<bool> IsImportedIn(records::Catalog& catalog, const std::string& region,
                          const KeyMaterial& material) {
  KM_TRY(const auto there,
         catalog.Find<KeyMaterial>(records::MaterialRow(region, material.key_id, material.id)));
  return there != nullptr && there->import_state == domain::ImportState::kImported;
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
  KeyMaterial empty = material;
  empty.import_state = domain::ImportState::kPendingImport;
  empty.dialect = domain::WrapDialect::kNone;
  empty.root_generation = 0;
  empty.blob.clear();
  empty.expiration_model.reset();
  empty.valid_to.reset();
  KM_CHECK(PutMaterial(changes, material, empty));
  return Settle(changes, key);
}

// The keys of several Regions have one id, so the token has one object for all of them.
Result<bool> IsNeededElsewhere(records::Catalog& catalog, const domain::Key& key,
                               const KeyMaterial& material) {
  if (Leads(key) && IsPending(material.state)) return false;  // goes everywhere
  for (const std::string& region : RegionsOf(key)) {
    if (region == key.region) continue;
    KM_TRY(const bool there, IsImportedIn(catalog, region, material));
    if (there) return true;
  }
  return false;
}

// First the object of the token, then the row: what is answered as destroyed is.
Result<void> DestroyObject(core::KeyCall& call, ports::CryptoEngine& engine,
                           const KeyMaterial& material) {
  if (material.custody != domain::Custody::kResident ||
      material.import_state != domain::ImportState::kImported)
    return {};
  KM_TRY(const bool needed, IsNeededElsewhere(call.services().catalog, call.key(), material));
  if (needed) return {};
  return engine.DestroyMaterial(material, call.deadline());
}

}  // namespace

Result<void> DestroyImportedMaterial(core::KeyCall& call, const domain::MaterialId& id,
                                     const MaterialCheck& check) {
  const domain::Key& key = call.key();
  const std::string row = records::MaterialRow(key.region, key.id, id);
  const auto turn = TakeTurn(key);
  KM_TRY(const auto material, call.services().catalog.Find<KeyMaterial>(row));
  if (material == nullptr) return NoSuchMaterial(key, id);
  KM_CHECK(check(*material));
  KM_TRY(const auto engine, call.services().EngineFor(key));
  KM_CHECK(DestroyObject(call, *engine, *material));
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
