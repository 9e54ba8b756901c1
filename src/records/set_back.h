// Whether the database went on from an older copy of itself.
#pragma once

#include "base/result.h"
#include "records/catalog.h"

namespace kmaas::records {

// For whoever puts an older copy in the place of a newer database, in the transaction by which it
// goes on. Keys that were made in the token after the copy was have no row in it, and the newer
// database may still be wanted: from now on nobody takes them for left behind.
Result<void> NoteSetBack(Changes& changes);

// Fails as the store does.
Result<bool> WasSetBack(Catalog& catalog);

}  // namespace kmaas::records
