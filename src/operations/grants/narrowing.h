// A grant made by the permission of another one stays within it.
#pragma once

#include "base/result.h"
#include "domain/grant.h"
#include "domain/principal.h"

namespace kmaas::operations {

// kAccessDenied when `parent`, which let the caller make the grant, gives less than the grant does.
// `parent` is null when policies let it.
Result<void> CheckNarrowing(const domain::Grant& grant, const domain::Grant* parent,
                            const domain::Principal& caller);

}  // namespace kmaas::operations
