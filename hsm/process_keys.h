// Keys of custody process: those that the token cannot hold, or cannot use as their spec demands.
// At rest they are sealed under a key that the HSM derives for each of them; in use they lie in
// locked memory. Never the backing key of a symmetric CMK.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "domain/key.h"
#include "hsm/engine_core.h"
#include "ports/material.h"

namespace kmaas::hsm {

// For the long lane.
Result<ports::GeneratedMaterial> GenerateInProcess(Call& call, const ports::MaterialPlan& plan);

// What was brought in, taken apart: the secret itself, or a DER PKCS#8 private key.
struct Brought {
  SecretBytes secret;  // as it is sealed
  Bytes mark;          // as hsm/key_marks.h has it
};
// kIncorrectKeyMaterial for what is no material of the plan's spec.
Result<Brought> TakeApart(const ports::MaterialPlan& plan, ByteView material);
// Seals it as the plan's; the row's facts are bound to it.
Result<ports::GeneratedMaterial> SealForProcess(Call& call, const ports::MaterialPlan& plan,
                                                const Brought& brought);

// For the short lane. In the form in which the functions of process_uses.h take it; stays in the
// cache.
Result<std::shared_ptr<const SecretBytes>> OpenedInProcess(Call& call,
                                                           const domain::KeyMaterial& material);

Error IncorrectMaterial(std::string detail);

}  // namespace kmaas::hsm
