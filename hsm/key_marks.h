// A mark: what tells a key from every other, and is no secret. The MAC of a fixed question under a
// secret; the public half of a pair.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "domain/ids.h"
#include "hsm/engine_core.h"
#include "hsm/mechanisms.h"

namespace kmaas::hsm {

// What the MAC of a mark is of; in the process too, so that a secret has one mark wherever it is.
inline constexpr std::string_view kMarkQuestion = "kmaas new key";

Result<Bytes> MarkOfSecret(Call& call, ObjectHandle key, const KeyPlan& plan);

// By a use of the key, as its plan has it: that of a private key is checked by the process under
// the public one.
Result<void> CheckMark(Call& call, ObjectHandle key, const KeyPlan& plan, ByteView mark);

// The id of imported material: the same for the same key and material, and an answer of the HSM, so
// that nobody else can try guesses of the material on it.
Result<domain::MaterialId> ImportedId(Call& call, const domain::KeyId& key_id, ByteView mark);

// Material that is not what its row says, or not what was asked for.
Error NotLoadable(std::string detail);

}  // namespace kmaas::hsm
