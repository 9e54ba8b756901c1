// Since when uses of keys are noted: a database may be older than that.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "records/catalog.h"

namespace kmaas::records {

// What a server of before wrote down; where none did, `now`, which is written down. Fails as the
// store does.
Result<WallTime> KeyUsesNotedSince(Catalog& catalog, WallTime now, Deadline deadline);

}  // namespace kmaas::records
