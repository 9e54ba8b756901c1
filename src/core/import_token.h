// Import tokens: what GetParametersForImport hands out beside a wrapping key, and what
// ImportKeyMaterial takes back beside the material that was wrapped under it.
#pragma once

#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "core/services.h"
#include "domain/import_key.h"
#include "domain/key.h"

namespace kmaas::core {

// Version ‖ import key id ‖ specs ‖ expiry ‖ HMAC-SHA-256 over these, and over account, Region and
// id of the key that may be imported into. No secret: it opens nothing without the private half in
// the HSM.
Bytes MakeImportToken(const Services& services, const domain::ImportKey& key);

// The import key of a token. kInvalidImportToken for whatever this server did not make, or made for
// another key; kExpiredImportToken when its time is over, also after the import key has gone.
Result<std::shared_ptr<const domain::ImportKey>> OpenImportToken(const Services& services,
                                                                 const domain::Key& key,
                                                                 ByteView token);

}  // namespace kmaas::core
