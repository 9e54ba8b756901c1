// Since when the head of the store is anchored: a database may be older than that, and must not
// pass for such a one later.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "records/catalog.h"

namespace kmaas::records {

// None while no anchor was ever written. Both fail as the store does.
Result<std::optional<WallTime>> ReadAnchoredSince(Catalog& catalog);
// After the first anchor was written; the time that is there already stays.
Result<void> NoteAnchored(Catalog& catalog, WallTime now, Deadline deadline);

}  // namespace kmaas::records
