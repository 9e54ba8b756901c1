// Backing keys in the token: made, wrapped, loaded, used and destroyed.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "domain/key.h"
#include "hsm/engine_core.h"
#include "ports/crypto_engine.h"

namespace kmaas::hsm {

// For the long lane. The blob has been opened again in the token and makes the same MAC.
Result<ports::GeneratedMaterial> GenerateWrapped(Call& call);
// For the long lane. The object is on disk when this returns; after a failure it is gone again, as
// far as the token still answers. A material id that exists is refused.
Result<ports::GeneratedMaterial> GenerateResident(Call& call, const domain::MaterialId& id);

// For the short lane: the hot path. Loads wrapped material when it is not there yet; nothing for
// resident material that is not in the cache, because searching is slow.
Result<std::optional<SecretBytes>> MacUnderLoaded(Call& call, const domain::KeyMaterial& material,
                                                  ByteView input);
// For the long lane: searches the token, then makes the MAC.
Result<SecretBytes> MacUnderResident(Call& call, const domain::KeyMaterial& material,
                                     ByteView input);

// For the short lane.
Result<void> ForgetLoaded(Call& call, const domain::MaterialId& id);
// For the long lane. Success when there is none.
Result<void> DestroyResident(Call& call, const domain::MaterialId& id);

}  // namespace kmaas::hsm
