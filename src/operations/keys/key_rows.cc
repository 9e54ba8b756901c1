#include "operations/keys/key_rows.h"

#include "core/destroyed_material.h"
#include "core/grant_rows.h"
#include "records/every_row.h"

namespace kmaas::operations {
namespace {

Result<void> DeleteMaterials(records::Changes& changes, const domain::Key& key,
                             domain::DeletedKey& deleted) {
  KM_TRY(const std::vector<domain::KeyMaterial> materials,
         records::EveryRow<domain::KeyMaterial>(changes,
                                                records::KeyMaterialsPrefix(key.region, key.id)));
  for (const domain::KeyMaterial& material : materials) {
    deleted.materials.push_back(core::DestructionOf(material));
    KM_CHECK(records::Reschedule(changes, records::DueOf(material), {}));
    KM_CHECK(
        changes.Delete<domain::KeyMaterial>(records::MaterialRow(key.region, key.id, material.id)));
  }
  return {};
}

Result<void> DeleteImportKeys(records::Changes& changes, const domain::Key& key) {
  KM_TRY(const std::vector<domain::ImportKey> import_keys,
         records::EveryRow<domain::ImportKey>(changes,
                                              records::KeyImportKeysPrefix(key.region, key.id)));
  for (const domain::ImportKey& import_key : import_keys) {
    KM_CHECK(records::Reschedule(changes, records::DueOf(import_key), {}));
    KM_CHECK(changes.Delete<domain::ImportKey>(
        records::ImportKeyRow(key.region, key.id, import_key.id)));
  }
  return {};
}

Result<void> DeleteAliases(records::Changes& changes, const domain::Key& key,
                           domain::DeletedKey& deleted) {
  KM_TRY(
      const std::vector<records::KeyAlias> names,
      records::EveryRow<records::KeyAlias>(changes, records::KeyAliasesPrefix(key.region, key.id)));
  for (const records::KeyAlias& name : names) {
    KM_CHECK(changes.Delete<records::KeyAlias>(records::Table<records::KeyAlias>::RowKey(name)));
    const std::string row = records::AliasRow(key.account, key.region, name.alias_name);
    KM_TRY(const std::optional<domain::Alias> alias, changes.Get<domain::Alias>(row));
    if (!alias || alias->target != key.id) continue;
    KM_CHECK(changes.Delete<domain::Alias>(row));
    deleted.aliases.push_back(name.alias_name);
  }
  return {};
}

Result<void> DeleteGrants(records::Changes& changes, domain::Key key, domain::DeletedKey& deleted) {
  constexpr std::size_t kGrantsPerRead = 500;
  const std::string prefix = records::KeyGrantsPrefix(key.region, key.id);
  for (bool more = true; more;) {
    KM_TRY(const records::Page page, changes.List<domain::Grant>(prefix, "", kGrantsPerRead));
    for (const ports::Row& row : page.rows) {
      KM_TRY(const domain::Grant grant, records::Table<domain::Grant>::Decode(row.value));
      KM_TRY(const bool gone, core::DeleteGrant(changes, key, grant.id));
      if (!gone) {
        return Error{ErrorCode::kKmsInternal, "", "grant " + grant.id + " has no index row"};
      }
      ++deleted.grants;
    }
    more = page.truncated;
  }
  return {};
}

}  // namespace

Result<void> DeleteKeyRows(records::Changes& changes, const domain::Key& key,
                           domain::DeletedKey& deleted) {
  KM_CHECK(DeleteMaterials(changes, key, deleted));
  KM_CHECK(DeleteImportKeys(changes, key));
  KM_CHECK(DeleteAliases(changes, key, deleted));
  KM_CHECK(DeleteGrants(changes, key, deleted));
  const std::string row = records::KeyRow(key.region, key.id);
  KM_CHECK(changes.Delete<records::KeyPolicy>(row));
  KM_CHECK(changes.Delete<domain::KeyUse>(row));
  KM_CHECK(changes.Delete<records::AccountKey>(
      records::Table<records::AccountKey>::RowKey({key.account, key.region, key.id})));
  if (!key.custom_key_store_id.empty()) {
    KM_CHECK(changes.Delete<records::StoreKey>(
        records::Table<records::StoreKey>::RowKey({key.custom_key_store_id, key.region, key.id})));
  }
  KM_CHECK(records::Reschedule(changes, records::DueOf(key), {}));
  return changes.Delete<domain::Key>(row);
}

}  // namespace kmaas::operations
