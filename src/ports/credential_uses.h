// When credentials are used: what an owner asks before he takes one away.
#pragma once

#include <string_view>

#include "base/clock.h"

namespace kmaas::ports {

// Thread-safe and cheap: it is in the path of every call. Nothing is lost but the last minute.
class CredentialUses {
 public:
  virtual ~CredentialUses() = default;
  // `service` is a signing name, "kms".
  virtual void Note(std::string_view access_key_id, std::string_view service, WallTime now) = 0;
};

}  // namespace kmaas::ports
