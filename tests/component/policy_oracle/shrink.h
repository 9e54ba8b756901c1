// A case made as small as it can be made while something still holds of it.
#pragma once

#include <functional>

#include "tests/component/policy_oracle/model.h"

namespace kmaas::policy_oracle {

// Drops policies, statements, tests, values, grants and keys of the context, one after another, for
// as long as `still` holds.
void Shrink(World& world, Ask& ask, const std::function<bool(const World&, const Ask&)>& still);

}  // namespace kmaas::policy_oracle
