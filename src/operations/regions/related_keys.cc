#include "operations/regions/related_keys.h"

#include <algorithm>
#include <utility>

#include "operations/imports/material_rows.h"

namespace kmaas::operations {
namespace {

constexpr std::size_t kMaterialsPerPage = 100;

// In a Region that has not imported it yet, which describes it for itself, too.
domain::KeyMaterial Unimported(const domain::KeyMaterial& material) {
  domain::KeyMaterial empty = Emptied(material);
  empty.description.clear();
  return empty;
}

Result<std::optional<domain::KeyMaterial>> Read(records::Changes& changes, const std::string& row) {
  return changes.Get<domain::KeyMaterial>(row);
}
Result<std::shared_ptr<const domain::KeyMaterial>> Read(records::Catalog& catalog,
                                                        const std::string& row) {
  return catalog.Find<domain::KeyMaterial>(row);
}

template <class Source>
Result<bool> IsHeldBeside(Source& source, const domain::Key& key,
                          const domain::MaterialId& material) {
  for (const std::string& region : OtherRegionsOf(key)) {
    KM_TRY(const auto there, Read(source, records::MaterialRow(region, key.id, material)));
    if (there && there->import_state == domain::ImportState::kImported) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> OtherRegionsOf(const domain::Key& key) {
  std::vector<std::string> others;
  if (!key.multi_region) return others;
  others.push_back(key.multi_region->primary_region);
  const auto& replicas = key.multi_region->replica_regions;
  others.insert(others.end(), replicas.begin(), replicas.end());
  std::erase(others, key.region);
  return others;
}

std::vector<std::string> RegionsOf(const domain::Key& key) {
  std::vector<std::string> regions = OtherRegionsOf(key);
  regions.push_back(key.region);
  return regions;
}

void AddReplica(domain::MultiRegion& regions, const std::string& region) {
  std::vector<std::string>& replicas = regions.replica_regions;
  replicas.insert(std::upper_bound(replicas.begin(), replicas.end(), region), region);
}

Result<void> ChangeRelatedKeys(records::Changes& changes, const domain::Key& key,
                               const std::function<Result<void>(domain::Key&)>& change) {
  for (const std::string& region : OtherRegionsOf(key)) {
    KM_TRY(std::optional<domain::Key> relative,
           changes.Get<domain::Key>(records::KeyRow(region, key.id)));
    if (!relative)
      return Error{ErrorCode::kKmsInternal, "",
                   key.arn() + " names a key in " + region + " that is not there"};
    const std::vector<records::DueWork> due = records::DueOf(*relative);
    KM_CHECK(change(*relative));
    KM_CHECK(records::Reschedule(changes, due, records::DueOf(*relative)));
    KM_CHECK(changes.Put(*relative));
  }
  return {};
}

void NameRelatedKeys(core::Call& call, const domain::Key& key) {
  for (const std::string& region : OtherRegionsOf(key))
    call.AddResource(key.account, domain::KeyArn(region, key.account, key.id));
}

Result<void> CopyMaterials(records::Changes& changes, const domain::Key& primary,
                           const std::string& region) {
  const std::string prefix = records::KeyMaterialsPrefix(primary.region, primary.id);
  std::string after;
  while (true) {
    KM_TRY(const records::Page page,
           changes.List<domain::KeyMaterial>(prefix, after, kMaterialsPerPage));
    for (const ports::Row& row : page.rows) {
      KM_TRY(domain::KeyMaterial material, records::Table<domain::KeyMaterial>::Decode(row.value));
      if (primary.origin == domain::KeyOrigin::kExternal) material = Unimported(material);
      material.region = region;
      KM_CHECK(changes.Put(material));
    }
    if (!page.truncated) return {};
    after = page.rows.back().key;
  }
}

Result<bool> IsHeldInAnotherRegion(records::Changes& changes, const domain::Key& key,
                                   const domain::MaterialId& material) {
  return IsHeldBeside(changes, key, material);
}
Result<bool> IsHeldInAnotherRegion(records::Catalog& catalog, const domain::Key& key,
                                   const domain::MaterialId& material) {
  return IsHeldBeside(catalog, key, material);
}

Result<void> LeaveRelatedKeys(records::Changes& changes, const domain::Key& gone, WallTime now) {
  return ChangeRelatedKeys(changes, gone, [&](domain::Key& relative) -> Result<void> {
    std::erase(relative.multi_region->replica_regions, gone.region);
    if (relative.state != domain::KeyState::kPendingReplicaDeletion ||
        !relative.multi_region->replica_regions.empty())
      return {};
    relative.state = domain::KeyState::kPendingDeletion;
    relative.deletion->date = now + std::chrono::hours(24 * relative.deletion->window_days);
    return {};
  });
}

}  // namespace kmaas::operations
