// One at a time for those who import, rotate to and destroy material of a key that is an object of
// the token.
#pragma once

#include <mutex>

#include "base/clock.h"
#include "base/result.h"
#include "domain/key.h"

namespace kmaas::operations {

// The object is named by the material, so whoever imports it once more finds the one that another
// call is about to destroy, in whichever Region. Held from the first call of the engine until the
// rows are written; holds nothing for material that its row has. A key shares its turn with few
// others. kThrottling when too many wait already, and when the turn has not come by the deadline.
Result<std::unique_lock<std::timed_mutex>> TakeTurn(const domain::Key& key, const Clock& clock,
                                                    Deadline deadline);

}  // namespace kmaas::operations
