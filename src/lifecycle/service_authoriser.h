// Who may do what nobody calls for: the service itself, to the keys of every account.
#pragma once

#include <string>

#include "core/authoriser.h"

namespace kmaas::lifecycle {

// As CloudTrail calls a service that acts by itself (userIdentity.invokedBy).
inline constexpr char kInvokedBy[] = "AWS Internal";

// The service as the principal of a call on a key of the account.
domain::Principal ServiceIn(const std::string& account);

// Thread-safe. Refuses everybody else: no front end leads to a pipeline with this authoriser, and
// none should.
class ServiceAuthoriser final : public core::Authoriser {
 public:
  Result<core::Verdict> Decide(const core::AccessQuestion& question) override;
};

}  // namespace kmaas::lifecycle
