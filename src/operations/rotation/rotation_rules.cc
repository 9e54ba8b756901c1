#include "operations/rotation/rotation_rules.h"

#include "domain/multi_region_key.h"
#include "operations/imports/key_settlement.h"
#include "operations/imports/material_rows.h"
#include "operations/imports/pending_material.h"
#include "operations/regions/related_keys.h"

namespace kmaas::operations {
namespace {

Result<void> RetireCurrent(records::Changes& changes, const domain::Key& key) {
  if (!key.current_material) return {};
  KM_TRY(std::optional<domain::KeyMaterial> current,
         changes.Get<domain::KeyMaterial>(
             records::MaterialRow(key.region, key.id, *key.current_material)));
  if (!current) return {};
  current->state = domain::KeyMaterialState::kNonCurrent;
  return changes.Put(*current);
}

// What has expired is there until the scheduler has come by, and is of no use any more.
bool IsUsable(const domain::KeyMaterial& material, WallTime now) {
  return material.import_state == domain::ImportState::kImported &&
         (!material.valid_to || *material.valid_to > now);
}

Result<bool> IsUsableEverywhere(records::Changes& changes, const domain::Key& key,
                                const domain::KeyMaterial& material, WallTime now) {
  for (const std::string& region : RegionsOf(key)) {
    KM_TRY(const auto there, MaterialIn(changes, region, material));
    if (!there || !IsUsable(*there, now)) return false;
  }
  return true;
}

// Material that was imported is there already, in each Region as it was imported there.
Result<void> MakeCurrent(records::Changes& changes, domain::Key& key,
                         const domain::KeyMaterial& next) {
  KM_CHECK(RetireCurrent(changes, key));
  KM_TRY(std::optional<domain::KeyMaterial> here,
         changes.Get<domain::KeyMaterial>(records::MaterialRow(key.region, key.id, next.id)));
  domain::KeyMaterial row = here ? *std::move(here) : next;
  row.region = key.region;
  row.state = domain::KeyMaterialState::kCurrent;
  row.rotated = next.rotated;
  row.rotation_type = next.rotation_type;
  key.current_material = next.id;
  KM_CHECK(changes.Put(row));
  // What waited for this counts from now on: when it expires, and where it is missing.
  return key.origin == domain::KeyOrigin::kExternal ? Settle(changes, key) : Result<void>();
}

}  // namespace

std::optional<domain::RotationType> DueRotation(const domain::Key& key, WallTime now) {
  if (key.state != domain::KeyState::kEnabled || !Leads(key)) return std::nullopt;
  const std::optional<WallTime>& automatic = key.rotation.next;
  const std::optional<WallTime>& on_demand = key.rotation.on_demand_started;
  const bool asked = on_demand && *on_demand <= now;
  const bool scheduled = automatic && *automatic <= now;
  if (asked && (!scheduled || *on_demand <= *automatic)) return domain::RotationType::kOnDemand;
  if (scheduled) return domain::RotationType::kAutomatic;
  return std::nullopt;
}

Result<void> CheckLeads(const domain::Key& key) {
  if (Leads(key)) return {};
  return NotAPrimaryKey(key);
}

Result<void> ShareRotation(records::Changes& changes, const domain::Key& key) {
  return ChangeRelatedKeys(changes, key, [&](domain::Key& other) -> Result<void> {
    other.rotation = key.rotation;
    return {};
  });
}

Result<std::optional<domain::KeyMaterial>> FindPendingMaterial(records::Changes& changes,
                                                               const domain::Key& key,
                                                               WallTime now) {
  KM_TRY(const Materials materials, MaterialsIn(changes, key, key.region));
  for (const domain::KeyMaterial& material : materials) {
    if (!IsPending(material.state)) continue;
    KM_TRY(const bool ready, IsUsableEverywhere(changes, key, material, now));
    if (ready) return std::optional<domain::KeyMaterial>(material);
  }
  return std::optional<domain::KeyMaterial>();
}

Result<void> RotateTo(records::Changes& changes, domain::Key& key, const domain::KeyMaterial& next,
                      domain::RotationType type, WallTime now) {
  domain::KeyMaterial rotated = next;
  rotated.rotated = now;
  rotated.rotation_type = type;
  KM_CHECK(MakeCurrent(changes, key, rotated));
  SettleRotation(key, type, now);
  return ChangeRelatedKeys(changes, key, [&](domain::Key& other) -> Result<void> {
    other.rotation = key.rotation;
    return MakeCurrent(changes, other, rotated);
  });
}

// A date that was kept a little late moves none of those after it. After a long rest the next one
// is a whole period away: what was missed is not made up for.
void SettleRotation(domain::Key& key, domain::RotationType type, WallTime now) {
  if (type == domain::RotationType::kOnDemand) {
    key.rotation.on_demand_started.reset();
    return;
  }
  const auto period = std::chrono::hours(24) * key.rotation.period_days;
  const WallTime following = key.rotation.next.value_or(now) + period;
  key.rotation.next = following > now ? following : now + period;
}

}  // namespace kmaas::operations
