// When keys are used, noted in the request path and kept apart from it.
#pragma once

#include <optional>

#include "base/result.h"
#include "domain/key_use.h"

namespace kmaas::ports {

// Thread-safe.
class KeyUses {
 public:
  virtual ~KeyUses() = default;
  // Of a successful cryptographic operation. Cheap: no input or output, no lock that a slow caller
  // could hold.
  virtual void Note(const domain::KeyUse& use) = 0;
  // The newest use that is known, also one that is not stored yet; nothing when there is none.
  virtual Result<std::optional<domain::KeyUse>> LastUse(const std::string& region,
                                                        const domain::KeyId& key_id) = 0;
  // Since when uses are noted: a key that is older may have been used before.
  virtual WallTime tracking_since() const = 0;
};

}  // namespace kmaas::ports
