// The known attacks on key separation, tried on a token by whoever makes its keys.
#pragma once

#include <vector>

#include "hsm/ceremony.h"
#include "hsm/session.h"

namespace kmaas::hsm {

struct AttackTarget {
  ObjectHandle root;  // of class mac
  CK_MECHANISM_TYPE wrap;
  std::vector<ObjectHandle> lasting = {};  // keys that nothing may destroy
  ObjectHandle sign_root = {};             // of class sign; none: private keys are not tried
};

// Plays a logged-in user who wants the keys. What an attack makes is destroyed again; an attack
// that would damage the target is only tried on a token that claims to forbid it, and counts as
// successful otherwise. An attack that cannot be set up counts as successful, too, and so does one
// that fails otherwise than by being refused: a token that is unsure has not withstood it.
std::vector<AttackOutcome> TryAttacks(const Session& session, const AttackTarget& target);

}  // namespace kmaas::hsm
