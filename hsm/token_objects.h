// Token objects that an engine makes and searches for while it runs: resident keys, keys of
// imports.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "hsm/attributes.h"
#include "hsm/engine_core.h"

namespace kmaas::hsm {

// All but FlushToken are for whoever holds Generation::LockTokenObjects().

Result<std::vector<ObjectHandle>> FindObjects(Call& call, const AttributeList& pattern);
// A session holder could have destroyed an object and put another in its place.
Result<void> CheckAsMade(Call& call, ObjectHandle object, const AttributeList& made,
                         std::string_view label);
Result<void> DestroyObjects(Call& call, const AttributeList& pattern);
// As far as the token still answers: a creation that failed may have been one whose answer was
// lost.
void DiscardObjects(Call& call, const AttributeList& pattern);

// Without what this kind of token refuses on token objects.
AttributeList AsThisTokenHasIt(Call& call, AttributeList list);
// What was made or destroyed lately is on disk when this returns.
Result<void> FlushToken(Call& call);

}  // namespace kmaas::hsm
