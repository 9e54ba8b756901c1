// RotateKeyOnDemand: begins a rotation; the scheduler does it (RotateKey), as AWS does in the
// background.
#include "base/limits.h"
#include "operations/handlers.h"
#include "operations/regions/related_keys.h"
#include "operations/rotation/rotation_rules.h"

namespace kmaas::operations {
namespace {

// Source: AWS KMS service model, ConflictException.
constexpr std::chrono::minutes kBeforeAutomatic{20};

Result<void> CheckNoOther(const domain::Rotation& rotation, WallTime now) {
  if (rotation.on_demand_started) {
    return Error{ErrorCode::kConflict,
                 "The request was rejected because an on-demand rotation of this key is currently "
                 "in progress."};
  }
  if (rotation.enabled && rotation.next && *rotation.next <= now + kBeforeAutomatic) {
    return Error{ErrorCode::kConflict,
                 "The request was rejected because an automatic rotation of this key is currently "
                 "in progress or scheduled to begin within the next 20 minutes."};
  }
  return {};
}

Result<void> CheckMaterial(records::Changes& changes, const domain::Key& key, WallTime now) {
  if (key.origin != domain::KeyOrigin::kExternal) return {};
  KM_TRY(const auto pending, FindPendingMaterial(changes, key, now));
  if (pending) return {};
  return Error{ErrorCode::kKmsInvalidState,
               "No available key material pending rotation for the key: " + key.arn()};
}

Result<void> Begin(domain::Key& key, records::Changes& changes, WallTime now) {
  KM_CHECK(CheckLeads(key));
  KM_CHECK(CheckMaterial(changes, key, now));
  KM_CHECK(CheckNoOther(key.rotation, now));
  if (key.rotation.on_demand_count >= limits::kOnDemandRotationsPerKeyMax) {
    return Error{ErrorCode::kLimitExceeded,
                 "The on-demand rotations limit has been reached for the given keyId. No more "
                 "on-demand rotations can be performed for this key: " +
                     key.arn()};
  }
  ++key.rotation.on_demand_count;
  key.rotation.on_demand_started = now;
  return ShareRotation(changes, key);
}

}  // namespace

Result<kms::RotateKeyOnDemandResponse> RotateKeyOnDemand(
    const kms::RotateKeyOnDemandRequest& /*request*/, KeyCall& call) {
  KM_CHECK(CheckLeads(call.key()));
  NameRelatedKeys(call, call.key());
  KM_CHECK(call.WriteKey([&](domain::Key& key, records::Changes& changes) {
    return Begin(key, changes, call.now());
  }));
  kms::RotateKeyOnDemandResponse reply;
  reply.set_key_id(call.key().arn());
  return reply;
}

}  // namespace kmaas::operations
