// When a key was last used: written apart from the key, so that use does not invalidate it.
#pragma once

#include <string>

#include "base/clock.h"
#include "domain/ids.h"

namespace kmaas::domain {

// Of the newest successful cryptographic operation. Names are AWS's (KeyLastUsageData).
struct KeyUse {
  std::string region;
  KeyId key_id;
  std::string operation;  // "Decrypt"
  WallTime time{};
  std::string event_id;  // of its audit record
  std::string request_id;
};

}  // namespace kmaas::domain
