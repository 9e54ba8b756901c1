// An RSA key that everybody knows: probes bring it into a token, because to make one takes long.
// Nothing real is ever protected by it.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "hsm/attributes.h"
#include "hsm/engine_core.h"

namespace kmaas::hsm {

// 2048 bits; DER SubjectPublicKeyInfo.
const Bytes& KnownRsaPublicKey();

// Unwraps the private half into `call`'s session with these attributes.
Result<void> LoadKnownRsaKey(Call& call, const AttributeList& list, ObjectHandle& key);
// Attributes with which it can unwrap, as the private half of an import pair does.
AttributeList KnownImportKey();

}  // namespace kmaas::hsm
