// What a token really does with customers' keys, found when the engine is opened by making and
// using throw-away ones, and where keys can be kept in consequence.
#pragma once

#include <vector>

#include "base/result.h"
#include "domain/key.h"
#include "hsm/mechanisms.h"
#include "hsm/private_operations.h"

namespace kmaas::hsm {

class Generation;
class Session;

struct Capabilities {
  // Of one plan: made, wrapped, opened again and used; made to stay and used.
  struct Places {
    bool wrapped = false;
    bool resident = false;
  };
  std::vector<Places> places;  // in the order of AllPlans()
  OaepBy oaep = OaepBy::kProcess;
  bool ed25519_prehash = false;
  // Whether C_UnwrapKey takes RSAES-OAEP with these hashes.
  bool unwraps_oaep_sha1 = false;
  bool unwraps_oaep_sha256 = false;
  std::vector<CK_MECHANISM_TYPE> proven;  // for operators
};

// `session` is one of the generation's. A failure that does not say that the token cannot do a
// thing fails it all when it is repeated on a token that is away, and counts as "cannot" otherwise.
Result<void> Learn(Generation& generation, const Session& session, Capabilities& learned);

// Of the token of a custom key store: whether it keeps the backing keys of symmetric CMKs.
Result<void> LearnKeyStore(Generation& generation, const Session& session, Capabilities& learned);

// ports::CryptoEngine::CustodyFor.
Result<domain::Custody> CustodyFor(const Capabilities& capabilities, domain::KeySpec spec,
                                   domain::KeyUsage usage, domain::Custody wished);

}  // namespace kmaas::hsm
