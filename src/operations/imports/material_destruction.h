// The end of imported material, at its owner's wish or when its time is over.
#pragma once

#include <functional>

#include "core/call.h"

namespace kmaas::operations {

// Why the material may not be destroyed now; asked before, and again in the transaction.
using MaterialCheck = std::function<Result<void>(const domain::KeyMaterial&)>;

// Destroys material of the call's key in the HSM and in the store; the call's one write. kNotFound
// when the key has no such material; success when it is destroyed already. When the store fails
// after the token has destroyed its object, the row still claims it: the same call again, or
// another import, sets that right.
Result<void> DestroyImportedMaterial(core::KeyCall& call, const domain::MaterialId& id,
                                     const MaterialCheck& check);

}  // namespace kmaas::operations
