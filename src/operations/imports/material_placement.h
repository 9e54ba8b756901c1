// Where imported material that arrives belongs among the materials of its key.
#pragma once

#include "base/result.h"
#include "domain/key.h"
#include "operations/imports/import_terms.h"
#include "records/catalog.h"

namespace kmaas::operations {

// Puts what was imported into its place: the first material of the key, one that it knows already,
// or, of a symmetric encryption key, the next one, which waits for a rotation. A replica takes only
// what the primary key has. kIncorrectKeyMaterial when it is not what `terms` say or the key can
// take; kKmsInvalidState when another one waits already.
Result<void> Place(records::Changes& changes, domain::Key& key, const ImportTerms& terms,
                   const domain::KeyMaterial& arrived);

}  // namespace kmaas::operations
