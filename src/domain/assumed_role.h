// Whoever has assumed a role, and how AWS names him; whoever is about to.
#pragma once

#include "domain/principal.h"

namespace kmaas::domain {

// Sets type, ARN (arn:aws:sts::111122223333:assumed-role/role/session; no path) and user id
// (AROA...:session) by `session`; the account must be set.
void NameAssumedRole(Principal& principal, const Session& session);

// Who has shown a token of an identity provider and is no principal of an account yet: that is how
// AssumeRoleWithWebIdentity asks a trust policy.
bool IsWebIdentity(const Principal& principal);

}  // namespace kmaas::domain
