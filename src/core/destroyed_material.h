// What is kept of material that is destroyed: enough to prove later which it was.
#pragma once

#include "domain/deleted_key.h"

namespace kmaas::core {

// Of a row as it stands before it is deleted.
domain::DestroyedMaterial DestructionOf(const domain::KeyMaterial& material);

}  // namespace kmaas::core
