// One at a time for those who import and destroy material that is an object of the token.
#pragma once

#include <mutex>

#include "domain/key.h"

namespace kmaas::operations {

// The object is named by the material, so whoever imports it once more finds the one that another
// call is about to destroy. Held from the first call of the engine until the rows are written;
// holds nothing for material that its row has.
[[nodiscard]] std::unique_lock<std::mutex> TakeTurn(const domain::Key& key);

}  // namespace kmaas::operations
