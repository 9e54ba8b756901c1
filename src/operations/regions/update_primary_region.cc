// UpdatePrimaryRegion: makes a replica the primary key and the primary a replica, in one step: no
// key is ever seen Updating.
#include <algorithm>

#include "operations/handlers.h"
#include "operations/imports/material_turn.h"
#include "operations/regions/related_keys.h"
#include "operations/regions/replica.h"

namespace kmaas::operations {
namespace {

Error NoReplicaIn(const domain::Key& key, const std::string& region) {
  return {ErrorCode::kNotFound,
          "Key '" + domain::KeyArn(region, key.account, key.id) + "' does not exist"};
}

// The states in which a key may be made the primary are those in which it may cease to be.
Result<void> CheckSuccessor(const domain::Key& successor) {
  return domain::CheckState(domain::StateRule::kCryptographic, successor);
}

// What the caller may do with the primary, he must be allowed to do with its successor.
Result<void> CheckMayChange(const std::string& region, KeyCall& call) {
  KM_TRY(const auto successor,
         call.services().catalog.Find<domain::Key>(records::KeyRow(region, call.key().id)));
  if (successor == nullptr) return NoReplicaIn(call.key(), region);
  call.AddResource(successor->account, successor->arn());
  core::AccessQuestion question = call.question();
  question.key = successor.get();
  KM_CHECK(call.Decide(question));
  return CheckSuccessor(*successor);
}

domain::MultiRegion LedBy(const std::string& region, domain::MultiRegion before) {
  std::vector<std::string>& replicas = before.replica_regions;
  std::erase(replicas, region);
  AddReplica(before, before.primary_region);
  before.primary_region = region;
  return before;
}

}  // namespace

Result<kms::UpdatePrimaryRegionResponse> UpdatePrimaryRegion(
    const kms::UpdatePrimaryRegionRequest& request, KeyCall& call) {
  const std::string& region = request.primary_region();
  if (region == call.region()) {
    return Error{ErrorCode::kUnsupportedOperation,
                 call.key().arn() + " is the multi-region primary key already."};
  }
  KM_CHECK(CheckServed(call.services(), region));
  KM_CHECK(CheckMayChange(region, call));
  NameRelatedKeys(call, call.key());
  KM_TRY(const auto turn, TakeTurn(call.key(), call.services().clock, call.deadline()));
  KM_CHECK(call.WriteKey([&](domain::Key& primary, records::Changes& changes) -> Result<void> {
    const std::vector<std::string>& replicas = primary.multi_region->replica_regions;
    if (std::find(replicas.begin(), replicas.end(), region) == replicas.end())
      return NoReplicaIn(primary, region);
    const domain::Key before = primary;
    primary.multi_region = LedBy(region, *before.multi_region);
    return ChangeRelatedKeys(changes, before, [&](domain::Key& relative) -> Result<void> {
      if (relative.region == region) KM_CHECK(CheckSuccessor(relative));
      relative.multi_region = primary.multi_region;
      return {};
    });
  }));
  return kms::UpdatePrimaryRegionResponse();
}

}  // namespace kmaas::operations
