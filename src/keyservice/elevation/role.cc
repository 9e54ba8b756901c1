#include "keyservice/elevation/role.h"

#include <string>

namespace kmaas::keyservice {

std::string_view ToText(Role role) {
  switch (role) {
    case Role::kRequester:
      return "requester";
    case Role::kKeyManager:
      return "key-manager";
    case Role::kApprover:
      return "approver";
    case Role::kKeyUser:
      return "key-user";
    case Role::kAccessManager:
      return "access-manager";
    case Role::kAuditor:
      return "auditor";
    case Role::kHsmCustodian:
      return "hsm-custodian";
  }
  return {};
}

Result<void> MayHold(const std::set<Role>& held, Role wanted) {
  for (const Role role : held) {
    if (role == wanted) continue;
    return Error{ErrorCode::kConflict, "whoever is " + std::string(ToText(role)) + " cannot be " +
                                           std::string(ToText(wanted)) +
                                           " as well; take the other role away first"};
  }
  return {};
}

}  // namespace kmaas::keyservice
