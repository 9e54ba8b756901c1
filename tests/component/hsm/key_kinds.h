// Customers' keys of every kind for tests beside the engine contract: made, used once, and checked
// in the process.
#pragma once

#include <optional>

#include "crypto/private_key.h"
#include "crypto/public_key.h"
#include "tests/component/hsm/fixture.h"

namespace kmaas::hsm {

ports::MaterialPlan PlanFor(domain::KeySpec spec, domain::KeyUsage usage,
                            domain::Custody custody = domain::Custody::kWrapped);
domain::KeyMaterial Generate(ports::CryptoEngine& engine, const ports::MaterialPlan& plan);

// Uses the key once, as it is meant to be used. Nothing when the answer was right, else what went
// wrong; a wrong answer is a failure of the test, too.
std::optional<ErrorCode> UseError(ports::CryptoEngine& engine, const domain::KeyMaterial& material);

}  // namespace kmaas::hsm
