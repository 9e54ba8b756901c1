#include "core/standing_conditions.h"

namespace kmaas::core {

bool StandingConditions::Answers(const policy::ConditionKey& key) const {
  switch (key.known) {
    case policy::KnownKey::kCallerAccount:
    case policy::KnownKey::kPrincipalAccount:
    case policy::KnownKey::kPrincipalArn:
    case policy::KnownKey::kPrincipalIsAwsService:
    case policy::KnownKey::kPrincipalTag:
    case policy::KnownKey::kPrincipalType:
    case policy::KnownKey::kUserName:
    case policy::KnownKey::kKeyOrigin:
    case policy::KnownKey::kKeySpec:
    case policy::KnownKey::kKeyUsage:
    case policy::KnownKey::kCustomerMasterKeySpec:
    case policy::KnownKey::kCustomerMasterKeyUsage:
    case policy::KnownKey::kMultiRegion:
    case policy::KnownKey::kMultiRegionKeyType:
    case policy::KnownKey::kResourceAccount:
    case policy::KnownKey::kResourceAliases:
    case policy::KnownKey::kResourceTag:
    case policy::KnownKey::kRequestedRegion:
    case policy::KnownKey::kSecureTransport:
    case policy::KnownKey::kViaAwsService:
      return true;
    default:
      return false;
  }
}

}  // namespace kmaas::core
