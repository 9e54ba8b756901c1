// The end of imported material, at its owner's wish or when its time is over.
#pragma once

#include <functional>

#include "core/call.h"

namespace kmaas::operations {

// Why the material may not be destroyed now; asked before, and again in the transaction.
using MaterialCheck = std::function<Result<void>(const domain::KeyMaterial&)>;

// Destroys material of the call's key in the HSM and in the store; the call's one write. kNotFound
// when the key has no such material; success when it is destroyed already. Before the token
// destroys an object the row says that its time is over: a call that fails or ends between the two
// leaves material that nobody uses and that the scheduler destroys, unless it is imported again
// first.
Result<void> DestroyImportedMaterial(core::KeyCall& call, const domain::MaterialId& id,
                                     const MaterialCheck& check);

}  // namespace kmaas::operations
