// Which objects of kmaas are in a token.
#pragma once

#include <vector>

#include "base/result.h"
#include "hsm/inspection.h"
#include "hsm/session.h"

namespace kmaas::hsm {

struct OwnObjects {
  std::vector<TokenObject> objects;  // roots and service keys, sorted by label and generation
  std::size_t resident_keys = 0;
  std::size_t import_keys = 0;
};

// Reads every object of the token, so it is for operators and not for requests.
Result<OwnObjects> ListOwnObjects(const Session& session);

}  // namespace kmaas::hsm
