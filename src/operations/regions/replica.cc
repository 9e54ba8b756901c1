#include "operations/regions/replica.h"

#include <algorithm>

#include "operations/regions/related_keys.h"

namespace kmaas::operations {

using policy::KnownKey;

Result<void> CheckServed(const core::Services& services, const std::string& region) {
  const std::vector<std::string>& all = services.regions;
  if (region == services.region || std::find(all.begin(), all.end(), region) != all.end())
    return {};
  return Error{ErrorCode::kUnsupportedOperation,
               "The Region " + region + " is not supported by this server."};
}

domain::Key PlanReplica(const ::kmaas::kms::v1::ReplicateKeyRequest& request,
                        const domain::Key& primary, WallTime now) {
  domain::Key replica{.id = primary.id,
                      .account = primary.account,
                      .region = request.replica_region(),
                      .spec = primary.spec,
                      .usage = primary.usage,
                      .origin = primary.origin,
                      .custody = primary.custody,
                      .description = request.description(),
                      .created = now,
                      .current_material = primary.current_material,
                      .rotation = primary.rotation,
                      .multi_region = primary.multi_region};
  if (replica.origin == domain::KeyOrigin::kExternal)
    replica.state = domain::KeyState::kPendingImport;
  AddReplica(*replica.multi_region, replica.region);
  return replica;
}

bool ReplicaConditions::Values(const policy::ConditionKey& key,
                               std::vector<std::string_view>& values) const {
  const auto view = [&values](std::string_view value) {
    values.push_back(value);
    return true;
  };
  switch (key.known) {
    case KnownKey::kRequestedRegion:
      return view(replica_.region);
    case KnownKey::kKeySpec:
    case KnownKey::kCustomerMasterKeySpec:
      return view(ToText(replica_.spec));
    case KnownKey::kKeyUsage:
    case KnownKey::kCustomerMasterKeyUsage:
      return view(ToText(replica_.usage));
    case KnownKey::kKeyOrigin:
      return view(ToText(replica_.origin));
    case KnownKey::kMultiRegion:
      return view("true");
    case KnownKey::kMultiRegionKeyType:
      return view(ToText(domain::MultiRegionKeyType::kReplica));
    case KnownKey::kBypassPolicyLockoutSafetyCheck:
      return view(bypass_ ? "true" : "false");
    default:
      return false;
  }
}

}  // namespace kmaas::operations
