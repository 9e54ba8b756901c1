#include "operations/key_stores/store_keys.h"

#include <utility>

#include "records/every_row.h"

namespace kmaas::operations {
namespace {

using domain::KeyState;

// Calls `change` with each key of the store that is still there, and stores what it says it
// changed.
template <class Change>
Result<void> ChangeKeys(records::Changes& changes, const domain::CustomKeyStore& store,
                        const Change& change) {
  KM_TRY(const auto rows,
         records::EveryRow<records::StoreKey>(changes, records::StoreKeysPrefix(store.id)));
  for (const records::StoreKey& row : rows) {
    KM_TRY(auto key, changes.Get<domain::Key>(records::KeyRow(row.region, row.key_id)));
    if (!key) continue;
    const std::vector<records::DueWork> due = records::DueOf(*key);
    if (!change(*key)) continue;
    KM_CHECK(records::Reschedule(changes, due, records::DueOf(*key)));
    KM_CHECK(changes.Put(*key));
  }
  return {};
}

}  // namespace

Result<void> MakeKeysUnavailable(records::Changes& changes, const domain::CustomKeyStore& store) {
  return ChangeKeys(changes, store, [](domain::Key& key) {
    if (key.state != KeyState::kEnabled && key.state != KeyState::kDisabled) return false;
    key.state_afterwards = std::exchange(key.state, KeyState::kUnavailable);
    return true;
  });
}

Result<void> RestoreKeys(records::Changes& changes, const domain::CustomKeyStore& store) {
  return ChangeKeys(changes, store, [](domain::Key& key) {
    if (key.state != KeyState::kUnavailable) return false;
    key.state = std::exchange(key.state_afterwards, std::nullopt).value_or(KeyState::kEnabled);
    return true;
  });
}

}  // namespace kmaas::operations
