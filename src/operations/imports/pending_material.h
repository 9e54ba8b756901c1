// Imported material that waits for a rotation.
#pragma once

#include "base/result.h"
#include "domain/key.h"
#include "records/catalog.h"

namespace kmaas::operations {

// It waits for a rotation: the key can do without it, and gives it up when it is deleted.
bool IsPending(domain::KeyMaterialState state);

// Brings what the pending materials of a key say of themselves, in all of its Regions, in line with
// where they are imported: they wait for a rotation where all Regions have them, else for the other
// Regions first. For every change of these rows or of the Regions, in the same transaction; `key`
// names the Regions that remain.
Result<void> SettlePending(records::Changes& changes, const domain::Key& key);

}  // namespace kmaas::operations
