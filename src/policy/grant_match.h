// Whether a grant lets a caller do something.
#pragma once

#include "domain/grant.h"
#include "domain/principal.h"
#include "policy/decision.h"
#include "policy/policy.h"

namespace kmaas::policy {

// How the grantee is the caller: as the principals of a key policy are. A grant to the root of an
// account lets that account's own policies decide.
PrincipalMatch MatchGrantee(const domain::Grant& grant, const domain::Principal& caller);

// Whether the grant has the action - always one of the operations that a grant can have - and its
// constraints are met. Constraints on the encryption context bind the operations that have one;
// whoever creates a grant through a grant has to see to it that the new one is no wider.
bool GrantCovers(const domain::Grant& grant, const Question& question);

}  // namespace kmaas::policy
