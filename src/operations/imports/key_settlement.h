// What the imported materials of a key make of it.
#pragma once

#include "base/result.h"
#include "domain/key.h"
#include "records/catalog.h"

namespace kmaas::operations {

// Brings state, ExpirationModel, ValidTo and current material of a key whose origin is EXTERNAL in
// line with the rows of its materials. For every change of these rows, in the same transaction.
Result<void> Settle(records::Changes& changes, domain::Key& key);

}  // namespace kmaas::operations
