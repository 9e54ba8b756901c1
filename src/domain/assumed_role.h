// How AWS names whoever has assumed a role.
#pragma once

#include "domain/principal.h"

namespace kmaas::domain {

// Sets type, ARN (arn:aws:sts::111122223333:assumed-role/role/session; no path) and user id
// (AROA...:session) by `session`; the account must be set.
void NameAssumedRole(Principal& principal, const Session& session);

}  // namespace kmaas::domain
