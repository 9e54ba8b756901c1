// The roles of the key service. One person has one of them: ICR's four functions, and the auditor.
#pragma once

#include <set>
#include <string_view>

#include "base/result.h"
#include "domain/enumeration.h"

namespace kmaas::keyservice {

enum class Role {
  kRequester,
  kKeyManager,
  kApprover,
  kKeyUser,
  kAccessManager,
  kAuditor,
  kHsmCustodian,
};
std::string_view ToText(Role role);  // "key-manager"

// kConflict, naming both, when a person who has `held` (by all accounts) must not get `wanted`.
// The same role again is no conflict.
Result<void> MayHold(const std::set<Role>& held, Role wanted);

}  // namespace kmaas::keyservice

namespace kmaas::domain {

template <>
inline constexpr auto kCount<keyservice::Role> = CountTo(keyservice::Role::kHsmCustodian);

}  // namespace kmaas::domain
