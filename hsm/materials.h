// Customers' keys in the token: made, wrapped, found, loaded and destroyed.
#pragma once

#include <functional>

#include "base/bytes.h"
#include "base/result.h"
#include "domain/key.h"
#include "hsm/engine_core.h"
#include "hsm/mechanisms.h"
#include "ports/material.h"

namespace kmaas::hsm {

// All but Loaded are for the long lane.

// The blob has been opened again in the token and has the key's mark.
Result<ports::GeneratedMaterial> GenerateWrapped(Call& call, const KeyPlan& plan,
                                                 std::uint32_t root_generation);
// The same for a key that is in the token already and that its trusted root can wrap.
Result<ports::GeneratedMaterial> WrapAndProve(Call& call, const KeyPlan& plan, ObjectHandle key,
                                              ByteView mark, std::uint32_t root_generation);
// Opens wrapped material under its own root and wraps it by the one that wraps; `material` stays as
// it is. The same key comes out, or none.
Result<ports::GeneratedMaterial> RewrapMaterial(Call& call, const domain::KeyMaterial& material);
// Makes a key, lets `use` have it and its mark, and destroys it.
using KeyTrial = std::function<Result<void>(ObjectHandle key, ByteView mark)>;
Result<void> WithNewKey(Call& call, const KeyPlan& plan, const KeyTrial& use);
// The object is on disk when this returns; after a failure it is gone again, as far as the token
// still answers. A material id that exists is refused.
Result<ports::GeneratedMaterial> GenerateResident(Call& call, const KeyPlan& plan,
                                                  const domain::MaterialId& id);

// `list`, which opens or takes in a private key of the plan, with the public key beside it where
// this kind of token wants that.
AttributeList BesidePublicKey(Call& call, const KeyPlan& plan, ByteView public_key,
                              AttributeList list);

// For either lane: the hot path. Loads wrapped material when it is not there yet; nothing for
// resident material that is not in the cache, because searching is slow.
Result<MaterialCache::Reference> Loaded(Call& call, const domain::KeyMaterial& material);
// Searches the token.
Result<MaterialCache::Reference> FoundResident(Call& call, const domain::KeyMaterial& material);
// Loaded, or searched for.
Result<MaterialCache::Reference> Held(Call& call, const domain::KeyMaterial& material);

// For either lane.
Result<void> ForgetLoaded(Call& call, const domain::MaterialId& id);
// Only seeks: what it is like is checked when it is used.
Result<bool> IsResidentThere(Call& call, const domain::KeyMaterial& material);
// Success when there is none.
Result<void> DestroyResident(Call& call, const domain::KeyMaterial& material);

}  // namespace kmaas::hsm
