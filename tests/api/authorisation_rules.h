// Who may what, as AWS documents it: what an operation needs, and which permissions give it. Knows
// the names of AWS's operations and nothing of the server.
// Sources: AWS KMS Developer Guide, "AWS KMS permissions", "Allowing users in other accounts to use
// a KMS key", "Controlling access to aliases", "Retiring and revoking grants"; AWS KMS service
// model, GrantOperation.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace kmaas::api {

// Two keys of the caller's account and one of another.
enum class Place { kOwn, kOther, kForeign };
inline constexpr Place kPlaces[] = {Place::kOwn, Place::kOther, Place::kForeign};
// The key that the alias of the tests leads to.
inline constexpr Place kAliasTarget = Place::kOwn;

// One way in which a principal has come by permission for some actions.
enum class Through {
  kKeyPolicy,       // of the key at `place`, which names the principal
  kDelegation,      // of the key at `place` to the principal's account; the actions do not count
  kIdentityPolicy,  // on the ARN of the key at `place`
  kIdentityPolicyOnAlias,
  kIdentityPolicyOnAll,  // "Resource": "*"
  kGrant,                // of the key at `place`; carries those of the actions that a grant can
};
using Actions = std::set<std::string>;
struct Given {
  Through through;
  Place place;  // of no account for the policies on the alias and on all
  Actions actions;
};
using Permissions = std::vector<Given>;

// One action that an operation asks for, and on what.
struct Need {
  enum class On { kNothing, kAlias, kKeyOfAlias, kFirstKey, kSecondKey };
  std::string action;
  On on;
};
std::vector<Need> NeedsOf(const std::string& operation);

bool IsGrantAction(const std::string& action);  // "kms:Decrypt"

// A call of the operation on the keys that its parameters name, in their order; on none, some or
// all of them as the operation has parameters.
struct Asked {
  std::string operation;
  std::vector<Place> keys;
};
bool MayPass(const Asked& call, const Permissions& permissions);

}  // namespace kmaas::api
