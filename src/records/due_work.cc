#include "records/due_work.h"

#include <algorithm>

#include "domain/multi_region_key.h"
#include "records/catalog.h"

namespace kmaas::records {

std::string_view ToText(Work work) {
  switch (work) {
    case Work::kDeleteKey:
      return "delete-key";
    case Work::kRotateKey:
      return "rotate-key";
    case Work::kExpireMaterial:
      return "expire-material";
    case Work::kEndImportKey:
      return "end-import-key";
  }
  return "";
}

std::vector<DueWork> DueOf(const domain::Key& key) {
  std::vector<DueWork> due;
  const auto add = [&](WallTime at, Work work) { due.push_back({at, work, key.region, key.id}); };
  if (key.deletion && key.deletion->date) add(*key.deletion->date, Work::kDeleteKey);
  if (key.state != domain::KeyState::kEnabled || !Leads(key)) return due;
  if (key.rotation.next) add(*key.rotation.next, Work::kRotateKey);
  const auto& started = key.rotation.on_demand_started;
  if (started && started != key.rotation.next) add(*started, Work::kRotateKey);
  return due;
}

std::vector<DueWork> DueOf(const domain::KeyMaterial& material) {
  if (material.import_state != domain::ImportState::kImported || !material.valid_to) return {};
  return {{*material.valid_to, Work::kExpireMaterial, material.region, material.key_id,
           material.id.ToText()}};
}

std::vector<DueWork> DueOf(const domain::ImportKey& key) {
  return {{key.valid_to, Work::kEndImportKey, key.region, key.key_id, key.id.ToText()}};
}

Result<void> Reschedule(Changes& changes, const std::vector<DueWork>& before,
                        const std::vector<DueWork>& after) {
  const auto has = [](const std::vector<DueWork>& all, const DueWork& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  for (const DueWork& gone : before) {
    if (!has(after, gone)) KM_CHECK(changes.Delete<DueWork>(Table<DueWork>::RowKey(gone)));
  }
  for (const DueWork& added : after) {
    if (!has(before, added)) KM_CHECK(changes.Put(added));
  }
  return {};
}

}  // namespace kmaas::records
