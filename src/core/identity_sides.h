// The identity side of a decision: the policies of a principal, compiled.
#pragma once

#include <memory>

#include "base/result.h"
#include "domain/principal.h"
#include "policy/decision.h"

namespace kmaas::core {

// Thread-safe. A change of a user, group, role or policy binds the next call.
class IdentitySides {
 public:
  virtual ~IdentitySides() = default;
  // Never null. Fails, so that nobody acts, when a policy in play cannot be had, which might deny:
  // kKmsInternal for one that cannot be read, kUnrecognizedClient for a user or role that is gone.
  virtual Result<std::shared_ptr<const policy::IdentitySide>> Of(
      const domain::Principal& principal) = 0;
};

}  // namespace kmaas::core
