// Import pairs: what customers wrap their material for. The private half stays in the token.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/public_key.h"
#include "domain/import_key.h"
#include "hsm/engine_core.h"
#include "hsm/material_templates.h"

namespace kmaas::hsm {

// All for the long lane.

// Answers the public half. The pair is on disk when this returns; after a failure it is gone again,
// as far as the token still answers.
Result<Bytes> MakeImportPair(Call& call, const domain::ImportKeyId& id,
                             domain::WrappingKeySpec spec, domain::WrappingAlgorithm algorithm);

struct ImportPair {
  ObjectHandle private_key;
  ImportRight right;
  Bytes modulus;
  crypto::PublicKey public_key;
};
// kInvalidImportToken when there is none.
Result<ImportPair> FindImportPair(Call& call, const domain::ImportKeyId& id,
                                  domain::WrappingAlgorithm algorithm);

// Success when there is none.
Result<void> DestroyImportPair(Call& call, const domain::ImportKeyId& id);

}  // namespace kmaas::hsm
