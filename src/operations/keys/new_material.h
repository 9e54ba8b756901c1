// Material that the HSM makes for a key: its first, and each of its rotations.
#pragma once

#include "core/call.h"
#include "domain/key.h"
#include "ports/crypto_engine.h"

namespace kmaas::operations {

// A row as it will be stored, of material that now exists in `engine`, which EngineFor gave for the
// key. Nothing names it yet: hold an UncommittedMaterial until a row does.
Result<domain::KeyMaterial> MakeMaterial(const domain::Key& key, ports::CryptoEngine& engine,
                                         const core::Call& call);

}  // namespace kmaas::operations
