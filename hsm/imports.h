// Customers' own material on its way into the token, or, for custody process, into the process.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "hsm/engine_core.h"
#include "ports/material.h"

namespace kmaas::hsm {

// For the long lane. What the token can open itself stands in no memory of the process.
Result<ports::ImportedMaterial> Import(Call& call, const ports::ImportPlan& plan, ByteView wrapped);

}  // namespace kmaas::hsm
